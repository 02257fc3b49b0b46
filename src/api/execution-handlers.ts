import { HeddleError, isHeddleError } from '../errors.ts';
import type {
  ExecutionCheckpoint,
  ExecutionEngine,
  ExecutionHandle,
  ProgramSource,
  StartOptions,
} from '../host/execution-engine.ts';
import { isTerminal } from '../observe/status.ts';
import type { AlertDesk } from './alert-desk.ts';
import type { Backend } from './backend.ts';
import { events } from './events.ts';
import { programNamed } from './program-handlers.ts';
import type { ApiRequest, Handlers } from './route.ts';

const waitSecondsMax = 30;

/** Executions, one by one. */
export function executionHandlers(backend: Omit<Backend, 'list'>, alerts: AlertDesk): Handlers {
  const { engine } = backend;
  const opened = ({ params: { id = '' } }: ApiRequest): Promise<ExecutionHandle> => engine.open(id);
  const told = ({ c }: ApiRequest, { id, status }: ExecutionHandle, code: 200 | 201 | 202 = 200): Response =>
    c.json({ executionId: id, status }, code, code === 200 ? {} : { location: `/v1/executions/${id}` });

  const start = async (request: ApiRequest, program: ProgramSource): Promise<Response> => {
    const { c, body, newId, again } = request;
    const options = { ...(body.options as StartOptions | undefined), executionId: newId };
    const handle = await startOrOpen(engine, program, body.inputs ?? {}, options, again);
    await alerts.watch(handle.id);
    const seconds = waitOf(c.req.header('prefer'));
    if (seconds > 0 && (await endsWithin(handle, seconds))) {
      return c.json(await handle.result(), 200, { location: `/v1/executions/${handle.id}` });
    }
    return told(request, handle, 202);
  };

  return {
    startExecution: (request) => start(request, request.body.program as ProgramSource),
    async startProgram(request) {
      const { program } = await programNamed(backend, request.params.name ?? '', request.query.version);
      return start(request, program);
    },
    async getExecution(request) {
      const { c } = request;
      const handle = await opened(request);
      const { events: _, messages: __, ...update } = await handle.update();
      const tag = `"${(await handle.events()).length}-${handle.status}"`;
      c.header('etag', tag);
      return c.req.header('if-none-match') === tag ? c.body(null, 304) : c.json(update);
    },
    async getResult(request) {
      const handle = await opened(request);
      if (isTerminal(handle.status)) return request.c.json(await handle.result());
      throw new HeddleError({
        code: 'NOT_ALLOWED',
        message: `execution ${handle.id} is ${handle.status}`,
        hint: 'ask again when it has ended',
      });
    },
    getEvents: async (request) => events(request.c, await opened(request)),
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
      const fork = await engine.fork(id, options).catch(async (thrown) => {
        if (request.again && isHeddleError(thrown) && thrown.code === 'ALREADY_EXISTS')
          return engine.open(request.newId);
        throw thrown;
      });
      return told(request, fork, 202);
    },
    async listCheckpoints(request) {
      const { id } = await opened(request);
      return request.c.json({ items: (await engine.listCheckpoints(id)).map(viewCheckpoint) });
    },
    async createCheckpoint(request) {
      const { id } = await opened(request);
      return request.c.json(viewCheckpoint(await engine.createCheckpoint(id)), 201);
    },
    async restoreCheckpoint(request) {
      const { id = '' } = request.params;
      const executionId = await engine.executionOf(id);
      await engine.restoreFromCheckpoint(id);
      return told(request, await engine.open(executionId), 202);
    },
    async exportExecution({ c, params: { id = '' }, query: { move } }) {
      const bundle = await engine.export(id, move === 'cancel' || move === 'delete' ? { move } : {});
      return c.body(Uint8Array.from(bundle), 200, { 'content-type': 'application/cbor' });
    },
    async importExecution(request) {
      try {
        return told(request, await engine.import(request.bytes), 201);
      } catch (thrown) {
        // What was sent is damaged, not what is stored.
        if (!isHeddleError(thrown) || thrown.code !== 'CORRUPT') throw thrown;
        throw new HeddleError({ ...thrown.toJSON(), details: { ...thrown.details, status: 422 } });
      }
    },
    async deleteExecution({ c, params: { id = '' } }) {
      await engine.delete(id);
      return c.body(null, 204);
    },
  };
}

async function startOrOpen(
  engine: ExecutionEngine,
  program: ProgramSource,
  inputs: unknown,
  options: StartOptions & { readonly executionId: string },
  again: boolean,
): Promise<ExecutionHandle> {
  try {
    return await engine.start(program, inputs, options);
  } catch (thrown) {
    const wasStarted = isHeddleError(thrown) && ['ALREADY_EXISTS', 'LEASE_UNAVAILABLE'].includes(thrown.code);
    if (!again || !wasStarted) throw thrown;
    return engine.open(options.executionId);
  }
}

export function viewCheckpoint({ state, ...checkpoint }: ExecutionCheckpoint) {
  const { taskStates, resourceAllocations, variables, ...rest } = state;
  return {
    ...checkpoint,
    state: {
      ...rest,
      taskStates: Object.fromEntries(taskStates),
      resourceAllocations: Object.fromEntries(resourceAllocations),
      variables: Object.fromEntries(variables),
    },
  };
}

/** `Prefer: wait=30` (RFC 7240), in seconds. */
function waitOf(prefer: string | undefined): number {
  const seconds = Number(/\bwait=(\d+)/.exec(prefer ?? '')?.[1] ?? 0);
  return Math.min(seconds, waitSecondsMax);
}

async function endsWithin(handle: ExecutionHandle, seconds: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), seconds * 1000);
  });
  const ended = handle.result().then(() => true);
  return Promise.race([ended, late]).finally(() => {
    if (timer !== null) clearTimeout(timer);
  });
}
