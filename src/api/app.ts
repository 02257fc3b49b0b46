import { type Context, Hono } from 'hono';
import { cors } from 'hono/cors';
import { HeddleError } from '../errors.ts';
import { parseTraceparent } from '../observe/traceparent.ts';
import type { RecordStore } from '../ports/record-store.ts';
import { type Authenticate, refused } from './access.ts';
import type { Audit } from './audit.ts';
import { checkKey, once } from './idempotency.ts';
import { mayDo, type Principal } from './principal.ts';
import { problem, problemOf } from './problem.ts';
import type { RateLimit } from './rate-limit.ts';
import { readBytes, readDocument, readQuery, rereadDocument } from './read-request.ts';
import type { ApiRequest, Body, Handler, Handlers, Route } from './route.ts';
import { routes } from './routes.ts';

export interface AppOptions {
  /** What is done; routes without a handler are not there. */
  readonly handlers: Handlers;
  readonly authenticate: Authenticate;
  /** What a new execution is to be called, and whether somebody has begun it under that name already. */
  readonly newId: (c: Context) => { readonly newId: string; readonly again: boolean };
  readonly now: () => number;
  /** Whoever passes requests on has read their bodies, has found them right, and sees to what all answers have. */
  readonly isBehindDoor?: boolean;
  /** Keeps the answers of requests with an Idempotency-Key; absent: that was seen to before. */
  readonly idempotency?: (tenant: string) => RecordStore;
  readonly rateLimit?: RateLimit;
  /** Pages that may call the API from other origins; none when absent. */
  readonly origins?: readonly string[];
  readonly audit?: Audit;
}

const securityHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'strict-transport-security': 'max-age=31536000',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
} as const;

/** The HTTP API, as the table of routes says; everything about a request but what it does is seen to here. */
export function createApp(options: AppOptions): Hono {
  const app = new Hono();
  app.onError((thrown, c) => finished(c, problem(c, thrown), options));
  app.notFound((c) =>
    finished(c, problemOf(c, 404, { code: 'NOT_FOUND', message: `there is nothing at ${c.req.path}` }), options),
  );
  if (options.origins !== undefined)
    app.use('*', cors({ origin: [...options.origins], exposeHeaders: ['location', 'etag', 'retry-after'] }));
  const served = routes.filter(({ operation }) => options.handlers[operation] !== undefined);
  for (const route of served) {
    const handler = options.handlers[route.operation] as Handler;
    app.on(route.method, honoPath(route.path), (c) => answer(c, route, handler, options));
  }
  for (const path of new Set(served.map((route) => route.path))) {
    const allowed = served.filter((route) => route.path === path).map(({ method }) => method);
    app.all(honoPath(path), (c) => {
      c.header('allow', allowed.join(', '));
      return finished(
        c,
        problemOf(c, 405, { code: 'NOT_ALLOWED', message: `${path} takes ${allowed.join(', ')}` }),
        options,
      );
    });
  }
  return app;
}

function honoPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

async function answer(c: Context, route: Route, handler: Handler, options: AppOptions): Promise<Response> {
  let principal: Principal | undefined;
  let response: Response;
  try {
    principal = await whoAsks(c, route, options);
    response = await serve(c, route, handler, letIn(principal, route, options), options);
  } catch (thrown) {
    response = problem(c, thrown);
  }
  const wasRefused = response.status === 401 || response.status === 403;
  if (options.audit !== undefined && (route.method !== 'GET' || wasRefused)) {
    const made = /^\/v1\/executions\/([^/]+)$/.exec(response.headers.get('location') ?? '')?.[1];
    options.audit({
      type: 'audit',
      at: new Date(options.now()).toISOString(),
      operation: route.operation,
      method: c.req.method,
      path: c.req.path,
      status: response.status,
      ...(principal !== undefined && { principal }),
      ...(made !== undefined && { executionId: made }),
    });
  }
  return finished(c, response, options);
}

async function serve(
  c: Context,
  route: Route,
  handler: Handler,
  principal: Principal,
  options: AppOptions,
): Promise<Response> {
  const { newId, again } = options.newId(c);
  const bytes = await readBytes(c, route.body?.kind ?? 'document', options.isBehindDoor ?? false);
  const query = readQuery(c, route);
  const body = route.body?.kind === 'document' ? documentOf(bytes, route.body, options) : {};
  const request: ApiRequest = { c, route, principal, params: c.req.param(), query, body, bytes, newId, again };
  const key = route.method === 'POST' ? c.req.header('idempotency-key') : undefined;
  if (key === undefined || options.idempotency === undefined) return handler(request);
  const asked = {
    key: `${principal.tenant}/${checkKey(key)}`,
    parts: [c.req.method, c.req.path, bytes],
    newId,
    nowMs: options.now(),
  };
  return once(options.idempotency(principal.tenant), asked, async (id, isAgain) =>
    handler({ ...request, newId: id, again: isAgain }),
  );
}

function documentOf(bytes: Uint8Array, body: Body, { isBehindDoor = false }: AppOptions) {
  return isBehindDoor ? rereadDocument(bytes) : readDocument(bytes, body);
}

const everybody: Principal = { id: 'anonymous', role: 'read', tenant: '' };

async function whoAsks(c: Context, { role }: Route, options: AppOptions): Promise<Principal> {
  return role === 'none' ? everybody : options.authenticate(c);
}

function letIn(principal: Principal, { role, operation }: Route, options: AppOptions): Principal {
  if (role === 'none') return principal;
  if (!mayDo(principal, role)) throw refused(403, `${operation} needs the role ${role}`, 'ask for a key that has it');
  const waitS = options.rateLimit?.take(`${principal.tenant}/${principal.id}`, options.now()) ?? 0;
  if (waitS === 0) return principal;
  throw new HeddleError({
    code: 'LIMIT_EXCEEDED',
    message: 'too many requests',
    hint: `wait ${waitS} s`,
    details: { status: 429, retryAfterS: waitS },
  });
}

function finished(c: Context, response: Response, { isBehindDoor = false }: AppOptions): Response {
  // A handshake goes through as it is: its socket would be lost with a copy.
  if (isBehindDoor || response.status === 101) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(securityHeaders)) if (!headers.has(name)) headers.set(name, value);
  const trace = c.req.header('traceparent');
  if (trace !== undefined && parseTraceparent(trace) !== undefined) headers.set('traceparent', trace);
  return new Response(response.body, { status: response.status, headers });
}
