import { type Context, Hono } from 'hono';
import { HeddleError } from '../errors.ts';
import type { ExecutionEngine, ExecutionHandle, ProgramSource, StartOptions } from '../host/execution-engine.ts';
import { isTerminal } from '../observe/status.ts';
import { readBody } from './body.ts';
import { events } from './events.ts';

export interface ExecutionRoutesOptions {
  readonly engine: ExecutionEngine;
  /** The text of a program that is known by name. */
  readonly programNamed: (name: string) => string | undefined;
  /** The id a new execution must get; absent: a new one. */
  readonly executionId?: (c: Context) => string | undefined;
}

const waitSecondsMax = 30;

/** /v1/executions and everything below an execution. */
export function executionRoutes({ engine, programNamed, executionId }: ExecutionRoutesOptions): Hono {
  const routes = new Hono();

  const start = async (c: Context, program: unknown, inputs: unknown, options: unknown): Promise<Response> => {
    const id = executionId?.(c);
    const handle = await engine.start(program as ProgramSource, inputs ?? {}, {
      ...(options as StartOptions | undefined),
      ...(id !== undefined && { executionId: id }),
    });
    c.header('location', `/v1/executions/${handle.id}`);
    const seconds = waitOf(c.req.header('prefer'));
    if (seconds > 0 && (await endsWithin(handle, seconds))) return c.json(await handle.result(), 200);
    return c.json({ executionId: handle.id, status: handle.status }, 202);
  };

  routes.post('/v1/executions', async (c) => {
    const { program, inputs, options } = await readBody(c);
    if (program === undefined) {
      throw new HeddleError({
        code: 'BAD_SCHEMA',
        message: 'program is missing',
        path: 'program',
        hint: 'send { program, inputs }',
      });
    }
    return start(c, program, inputs, options);
  });

  routes.post('/v1/programs/:name/executions', async (c) => {
    const name = c.req.param('name');
    const program = programNamed(name);
    if (program === undefined) throw new HeddleError({ code: 'NOT_FOUND', message: `there is no program ${name}` });
    const { inputs, options } = await readBody(c);
    return start(c, program, inputs, options);
  });

  const opened = (c: Context): Promise<ExecutionHandle> => engine.open(c.req.param('id') ?? '');

  routes.get('/v1/executions/:id', async (c) => {
    const handle = await opened(c);
    const { events: _, messages: __, ...update } = await handle.update();
    const tag = `"${(await handle.events()).length}-${handle.status}"`;
    c.header('etag', tag);
    return c.req.header('if-none-match') === tag ? c.body(null, 304) : c.json(update);
  });

  routes.get('/v1/executions/:id/result', async (c) => {
    const handle = await opened(c);
    if (isTerminal(handle.status)) return c.json(await handle.result());
    throw new HeddleError({
      code: 'NOT_ALLOWED',
      message: `execution ${handle.id} is ${handle.status}`,
      hint: 'ask again when it has ended',
    });
  });

  routes.get('/v1/executions/:id/events', async (c) => events(c, await opened(c)));

  for (const verb of ['pause', 'resume'] as const) {
    routes.post(`/v1/executions/:id/${verb}`, async (c) => {
      const handle = await opened(c);
      await handle[verb]();
      return c.json({ executionId: handle.id, status: handle.status });
    });
  }

  routes.post('/v1/executions/:id/cancel', async (c) => {
    const handle = await opened(c);
    const { reason } = await readBody(c);
    await handle.cancel(typeof reason === 'string' ? reason : undefined);
    return c.json({ executionId: handle.id, status: handle.status });
  });

  routes.post('/v1/executions/:id/checkpoints', async (c) => {
    const { id } = await opened(c);
    const { state, ...checkpoint } = await engine.createCheckpoint(id);
    return c.json({ ...checkpoint, state: { ...state, taskStates: Object.fromEntries(state.taskStates) } }, 201);
  });

  return routes;
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
