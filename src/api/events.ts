import { HeddleError } from '../errors.ts';
import type { ExecutionHandle } from '../host/execution-engine.ts';
import type { ExecutionEvent, ExecutionUpdate } from '../host/view/execution-view.ts';
import { json, toJson } from './json.ts';
import type { ApiRequest } from './route.ts';

const heartbeatMs = 15_000;
const pageMax = 1000;

/** The events of an execution: a stream for those who accept one, else a page of JSON. */
export async function events({ c, query }: ApiRequest, handle: ExecutionHandle): Promise<Response> {
  // A browser that comes back repeats the address it began with: what it says of itself is newer.
  const after = readAfter(c.req.header('last-event-id') ?? query.after);
  if (c.req.header('accept')?.includes('text/event-stream')) return stream(handle, after, query.updates === 'true');
  const limit = Number(query.limit ?? pageMax);
  const items = await handle.events(after, limit);
  const last = items.at(-1)?.id;
  return json(c, { items, ...(items.length === limit && last !== undefined && { next: last }) });
}

/** @throws BAD_INPUT */
export function readAfter(text: string | undefined): number {
  if (/^\d{1,15}$/.test(text ?? '0')) return Number(text ?? 0);
  throw new HeddleError({
    code: 'BAD_INPUT',
    message: `${JSON.stringify(text)} is not the id of an event`,
    path: 'after',
  });
}

/**
 * Server-sent events (WHATWG HTML §9.2), `id` being the id of the event, so that a client that comes back with
 * Last-Event-ID misses nothing and sees nothing twice. A reader that is slow gets what it missed merged: nothing is read
 * from the execution before it has taken what is there. Cancelling the stream stops the watching.
 */
function stream(handle: ExecutionHandle, after: number, withUpdates: boolean): Response {
  const updates = handle.monitor(after)[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  let heartbeat: ReturnType<typeof setInterval> | null = null;
  const stop = (): void => {
    if (heartbeat !== null) clearInterval(heartbeat);
    heartbeat = null;
    void updates.return?.();
  };
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(': the events of an execution\n\n'));
      heartbeat = setInterval(() => {
        // Whoever does not read needs no sign of life either.
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(': still here\n\n'));
      }, heartbeatMs);
      (heartbeat as { unref?: () => void }).unref?.();
    },
    async pull(controller) {
      try {
        const { done, value } = await updates.next();
        // The reader may have gone while this was waited for.
        if (heartbeat === null) return;
        if (!done) {
          const { lag, events } = value;
          // What a slow client made the reader skip is kept, and it is read only now: a stream leaves nothing out.
          const missed =
            lag === undefined ? [] : await handle.events(lag.skippedFrom - 1, lag.skippedTo - lag.skippedFrom + 1);
          controller.enqueue(
            encoder.encode([...missed, ...events].map(frame).join('') + (withUpdates ? figures(value) : '')),
          );
          return;
        }
        controller.close();
      } catch (thrown) {
        controller.error(thrown);
      }
      stop();
    },
    cancel: stop,
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' } });
}

/** JSON has no line breaks of its own, so one data line is enough. */
function frame(event: ExecutionEvent): string {
  const id = event.id === 'live' ? '' : `id: ${event.id}\n`;
  return `${id}event: ${event.type}\ndata: ${toJson(event)}\n\n`;
}

/** An update but for its events, which went before it. */
function figures({ events: _, ...update }: ExecutionUpdate): string {
  return `event: UPDATE\ndata: ${toJson(update)}\n\n`;
}
