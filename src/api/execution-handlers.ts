import { HeddleError, isHeddleError } from '../errors.ts';
import type { ExecutionHandle, StartOptions } from '../host/execution-engine.ts';
import type { ProgramSource } from '../host/programs/program-source.ts';
import { isTerminal } from '../observe/status.ts';
import { sha256Hex, utf8 } from '../program/digest.ts';
import { AlertWatch } from './alerts.ts';
import type { ExecutionBackend } from './backend.ts';
import { checkpointHandlers } from './checkpoint-handlers.ts';
import { events } from './events.ts';
import { told } from './execution-answer.ts';
import { json, jsonText, resultJson, toJson } from './json.ts';
import { type Sockets, upgraded } from './monitor-sockets.ts';
import type { ApiRequest, Handlers } from './route.ts';
import { endsWithin, waitOf } from './wait.ts';

/** Where the executions of a service run: how one is started, and what else can be asked of them. */
export interface ExecutionHandlers {
  readonly handlers: Handlers;
  readonly start: (request: ApiRequest, program: ProgramSource) => Promise<Response>;
  /** Tells that there are alert rules. */
  readonly alerted: () => Promise<void>;
}

/** Executions, one by one. @param sockets where there are WebSockets */
export function executionHandlers(
  { engine, records, alertsAreTold = false }: ExecutionBackend,
  sockets?: Sockets,
): ExecutionHandlers {
  const alerts = records === undefined ? undefined : new AlertWatch(records, engine);
  const opened = ({ params: { id = '' } }: ApiRequest): Promise<ExecutionHandle> => engine.open(id);
  /** Work that makes an execution of a new id, or finds that it was made before an answer was lost. */
  const made = async ({ newId, again }: ApiRequest, work: () => Promise<ExecutionHandle>): Promise<ExecutionHandle> => {
    return (again ? await found(newId) : undefined) ?? work();
  };

  const found = (id: string): Promise<ExecutionHandle | undefined> =>
    engine.open(id).catch((thrown: unknown) => {
      if (isHeddleError(thrown) && thrown.code === 'NOT_FOUND') return undefined;
      throw thrown;
    });

  const start: ExecutionHandlers['start'] = async (request, program) => {
    const { c, body, newId } = request;
    const traceparent = c.req.header('traceparent');
    const options = {
      ...(traceparent !== undefined && { traceparent }),
      ...(body.options as StartOptions | undefined),
      executionId: newId,
    };
    const rules = alertsAreTold ? undefined : alerts?.rules();
    const handle = await made(request, () => engine.start(program, body.inputs ?? {}, options));
    if (rules !== undefined) alerts?.follow(handle.id, await rules);
    else await alerts?.begun(handle.id);
    const seconds = waitOf(c.req.header('prefer'));
    if (seconds > 0 && (await endsWithin(handle, seconds))) {
      return jsonText(c, resultJson(await handle.result()), 200, { location: `/v1/executions/${handle.id}` });
    }
    return told(request, handle, 202);
  };

  const handlers: Handlers = {
    startExecution: (request) => start(request, request.body.program as ProgramSource),
    async getExecution(request) {
      const { c } = request;
      const { events: _, messages: __, ...update } = await (await opened(request)).update();
      const { timestamp: ___, ...lasting } = update;
      // Weak: two answers with one tag differ by when they were given.
      const etag = `W/"${sha256Hex(utf8(toJson(lasting))).slice(0, 32)}"`;
      const asked = (c.req.header('if-none-match') ?? '').split(',').map((each) => each.trim());
      return asked.includes(etag) || asked.includes('*') ? c.body(null, 304, { etag }) : json(c, update, 200, { etag });
    },
    async getResult(request) {
      const handle = await opened(request);
      if (isTerminal(handle.status)) return jsonText(request.c, resultJson(await handle.result()));
      throw new HeddleError({
        code: 'NOT_ALLOWED',
        message: `execution ${handle.id} is ${handle.status}`,
        hint: 'ask again when it has ended',
      });
    },
    getTrace: async ({ c, params: { id = '' } }) => json(c, await engine.trace(id)),
    getBlocked: async ({ c, params: { id = '' } }) => json(c, { items: await engine.blocked(id) }),
    getEvents: async (request) => events(request, await opened(request)),
    async monitorExecution(request) {
      const handle = await opened(request);
      if (request.c.req.header('upgrade')?.toLowerCase() !== 'websocket') throw upgradeNeeded();
      return upgraded(request, handle, sockets);
    },
    async pauseExecution(request) {
      const handle = await opened(request);
      await handle.pause();
      return told(request, handle);
    },
    async resumeExecution(request) {
      const handle = await opened(request);
      await handle.resume();
      return told(request, handle);
    },
    async cancelExecution(request) {
      const { reason, graceMs } = request.body;
      const handle = await opened(request);
      const options = typeof graceMs === 'number' ? { graceMs } : {};
      await handle.cancel(typeof reason === 'string' ? reason : undefined, options);
      return told(request, handle);
    },
    async signalExecution(request) {
      const handle = await opened(request);
      await handle.signal(request.params.event ?? '', request.body.payload ?? null);
      return told(request, handle, 202);
    },
    async forkExecution(request) {
      const { from, inputs } = request.body;
      const { id } = await opened(request);
      const options = {
        from: from as string | readonly string[],
        ...(inputs !== undefined && { inputs }),
        executionId: request.newId,
      };
      return told(request, await made(request, () => engine.fork(id, options)), 202);
    },
    async changeExecution(request) {
      const { id } = await opened(request);
      const program = request.body.program as ProgramSource;
      const changed = () => engine.change(id, program, { executionId: request.newId });
      return told(request, await made(request, changed), 202);
    },
    async exportExecution({ c, params: { id = '' }, query: { move, settleMs } }) {
      const bundle = await engine.export(id, {
        ...((move === 'cancel' || move === 'delete') && { move }),
        ...(settleMs !== undefined && { settleMs: Number(settleMs) }),
      });
      return c.body(Uint8Array.from(bundle), 200, { 'content-type': 'application/cbor' });
    },
    async importExecution(request) {
      try {
        return told(request, await engine.import(request.bytes), 201);
      } catch (thrown) {
        throw sentNotStored(thrown);
      }
    },
    async deleteExecution({ c, params: { id = '' } }) {
      await engine.delete(id);
      return c.body(null, 204);
    },
    ...checkpointHandlers(engine, opened),
  };
  return { handlers, start, alerted: async () => alerts?.told() };
}

/** What is damaged is what was sent, not what is stored. */
export function sentNotStored(thrown: unknown): unknown {
  if (!isHeddleError(thrown) || thrown.code !== 'CORRUPT') return thrown;
  return new HeddleError({ ...thrown.toJSON(), details: { ...thrown.details, status: 422 } });
}

function upgradeNeeded(): HeddleError {
  return new HeddleError({
    code: 'UNSUPPORTED',
    message: 'this is a WebSocket',
    hint: 'ask with Upgrade: websocket, or for /events',
    details: { status: 426 },
  });
}
