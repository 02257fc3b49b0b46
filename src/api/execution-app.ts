import type { Hono } from 'hono';
import { HeddleError } from '../errors.ts';
import { createApp } from './app.ts';
import type { ExecutionBackend } from './backend.ts';
import { type ExecutionHandlers, executionHandlers } from './execution-handlers.ts';
import { readForwarded } from './forwarded.ts';
import type { Sockets } from './monitor-sockets.ts';
import { problemParts, problemStatus } from './problem.ts';
import type { ApiRequest } from './route.ts';

/** The API of executions in one home. */
export interface ExecutionApp {
  fetch(request: Request): Response | Promise<Response>;
  /** The tenant has alert rules. */
  alerted(): Promise<void>;
}

/**
 * The API of executions in their homes, behind the front door: whoever comes was let in there. Each execution has a home of its own,
 * which is asked a few times: what finds the route of a request is made with the first of them, and all of them share it.
 */
export function executionApps(now: () => number): (backend: ExecutionBackend, sockets?: Sockets) => ExecutionApp {
  let app: Hono | null = null;
  return (backend, sockets) => {
    const home = executionHandlers(backend, sockets);
    app ??= createApp({
      handlers: Object.fromEntries(Object.keys(home.handlers).map((operation) => [operation, inItsHome])),
      authenticate: (c) => readForwarded(c).principal,
      newId: readForwarded,
      now,
      isBehindDoor: true,
    });
    const routes = app;
    return { fetch: (request) => routes.fetch(request, home), alerted: home.alerted };
  };
}

/** What a request is answered by. */
type Home = Pick<ExecutionHandlers, 'handlers'>;

function inItsHome(request: ApiRequest): Response | Promise<Response> {
  const { handlers } = request.c.env as Home;
  const handler = handlers[request.route.operation];
  if (handler !== undefined) return handler(request);
  throw new HeddleError({ code: 'NOT_FOUND', message: `there is nothing at ${request.c.req.path}` });
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
