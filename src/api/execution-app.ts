import type { Hono } from 'hono';
import { LinearRouter } from 'hono/router/linear-router';
import type { HeddleError } from '../errors.ts';
import { createApp } from './app.ts';
import type { ExecutionBackend } from './backend.ts';
import { executionHandlers } from './execution-handlers.ts';
import { readForwarded } from './forwarded.ts';
import type { Sockets } from './monitor-sockets.ts';
import { problemParts, problemStatus } from './problem.ts';

/** The API of executions in their home, behind the front door: whoever comes was let in there. */
export function createExecutionApp(backend: ExecutionBackend, sockets?: Sockets): Hono {
  return createApp({
    handlers: executionHandlers(backend, sockets).handlers,
    authenticate: (c) => readForwarded(c).principal,
    newId: readForwarded,
    now: backend.now,
    readBefore: true,
    // Each execution has an app of its own, which is asked a few times: it has to be made quickly.
    router: new LinearRouter(),
  });
}

/** Whether what is asked may make an execution where there is none. */
export function beginsExecution({ method, url }: Request): boolean {
  return method === 'POST' && /^\/v1\/executions(:import)?$/.test(new URL(url).pathname);
}

/** The answer of a home that no app serves, because it has no execution, or none that may be loaded. */
export async function refusal(request: Request, error: HeddleError): Promise<Response> {
  const { url } = request;
  // An answer to a request whose body was not read may never end, on Workers.
  if (!request.bodyUsed) await request.arrayBuffer();
  const status = problemStatus(error);
  const { body, headers } = problemParts(new URL(url).pathname, status, error.toJSON());
  return new Response(body, { status, headers });
}
