import { HeddleError } from '../errors.ts';
import type { ExecutionEngine, ExecutionHandle } from '../host/execution-engine.ts';
import type { ExecutionUpdate } from '../host/view/execution-view.ts';
import { readAfter } from './events.ts';
import { toJson } from './json.ts';
import type { ApiRequest } from './route.ts';

/** The part of a WebSocket that hibernates with its object (Cloudflare's) that is needed. */
export interface HibernatingSocket {
  send(message: string): void;
  close(code?: number, reason?: string): void;
  serializeAttachment(attachment: unknown): void;
  deserializeAttachment(): unknown;
}

/** The part of a Durable Object's context that is needed; `ctx` fits. */
export interface SocketKeeper<Socket extends HibernatingSocket = HibernatingSocket> {
  acceptWebSocket(socket: Socket): void;
  getWebSockets(): readonly Socket[];
}

/** What a socket remembers while its object sleeps. */
interface Attachment {
  readonly executionId: string;
  /** Id of the last event that was sent. */
  readonly after: number;
}

const socketsMax = 1000;
/** Cloudflare's limit for one message is 1 MiB; whoever gets a part of an update gets the rest in the next. */
const eventsPerMessage = 500;

/**
 * Monitors over WebSockets that stay open while their object sleeps: what each has been sent is kept with the socket, so that
 * an object that wakes goes on where the one before it stopped, without gap or repeat.
 */
export class Sockets {
  readonly #keeper: SocketKeeper;
  readonly #engine: Pick<ExecutionEngine, 'open'>;
  readonly #followed = new Set<HibernatingSocket>();

  constructor(keeper: SocketKeeper, engine: Pick<ExecutionEngine, 'open'>) {
    this.#keeper = keeper;
    this.#engine = engine;
  }

  /** @throws LIMIT_EXCEEDED */
  accept(socket: HibernatingSocket, handle: ExecutionHandle, after: number): void {
    if (this.#keeper.getWebSockets().length >= socketsMax) {
      throw new HeddleError({
        code: 'LIMIT_EXCEEDED',
        message: `${socketsMax} sockets are open already`,
        details: { status: 429, retryAfterS: 10 },
      });
    }
    this.#keeper.acceptWebSocket(socket);
    socket.serializeAttachment({ executionId: handle.id, after } satisfies Attachment);
    void this.#follow(socket, handle, after);
  }

  /** The object has woken: goes on for every socket that is still open. */
  async wake(): Promise<void> {
    for (const socket of this.#keeper.getWebSockets()) {
      if (this.#followed.has(socket)) continue;
      const { executionId, after } = socket.deserializeAttachment() as Attachment;
      try {
        void this.#follow(socket, await this.#engine.open(executionId), after);
      } catch {
        socket.close(4404, 'the execution is not there any more');
      }
    }
  }

  async #follow(socket: HibernatingSocket, handle: ExecutionHandle, after: number): Promise<void> {
    this.#followed.add(socket);
    try {
      for await (const update of handle.monitor(after)) {
        for (const part of partsOf(update)) {
          socket.send(toJson(part));
          const last = part.events.findLast(({ id }) => id !== 'live')?.id;
          if (last === undefined) continue;
          socket.serializeAttachment({ executionId: handle.id, after: Number(last) } satisfies Attachment);
        }
      }
      socket.close(1000, 'the execution has ended');
    } catch {
      // It was closed at the other end, or the engine let the execution go: then a new one goes on after the next wake.
    } finally {
      this.#followed.delete(socket);
    }
  }
}

function* partsOf(update: ExecutionUpdate): Generator<ExecutionUpdate> {
  const { events, messages } = update;
  for (let at = 0; at < Math.max(1, events.length); at += eventsPerMessage) {
    yield { ...update, events: events.slice(at, at + eventsPerMessage), messages: at === 0 ? messages : [] };
  }
}

/** Answers with one end of a socket pair. @throws UNSUPPORTED in homes that have none */
export function upgraded({ c, query }: ApiRequest, handle: ExecutionHandle, sockets: Sockets | undefined): Response {
  const { WebSocketPair: Pair } = globalThis as { WebSocketPair?: new () => [WebSocket, HibernatingSocket] };
  if (sockets === undefined || Pair === undefined) {
    throw new HeddleError({ code: 'UNSUPPORTED', message: 'this home has no WebSockets', hint: 'ask for /events' });
  }
  const { 0: client, 1: server } = new Pair();
  sockets.accept(server, handle, readAfter(query.after));
  const chosen = /(^|,)\s*heddle\s*(,|$)/.test(c.req.header('sec-websocket-protocol') ?? '');
  return new Response(null, {
    status: 101,
    webSocket: client,
    ...(chosen && { headers: { 'sec-websocket-protocol': 'heddle' } }),
  } as ResponseInit);
}
