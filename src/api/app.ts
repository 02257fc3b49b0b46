import { Hono } from 'hono';
import { access } from './access.ts';
import { type ExecutionRoutesOptions, executionRoutes } from './executions.ts';
import { problem, problemOf } from './problem.ts';
import { type ProgramRoutesOptions, programRoutes } from './programs.ts';

export interface AppOptions {
  /** Bearer key; without it only loopback is served. */
  readonly apiKey?: string | undefined;
  readonly programs?: ProgramRoutesOptions;
  readonly executions?: ExecutionRoutesOptions;
}

/** The HTTP API over whatever engine it is given. */
export function createApp({ apiKey, programs, executions }: AppOptions): Hono {
  const app = new Hono();
  app.onError((thrown, c) => problem(c, thrown));
  app.notFound((c) =>
    problemOf(c, 404, {
      code: 'NOT_FOUND',
      message: `there is nothing at ${c.req.method} ${new URL(c.req.url).pathname}`,
    }),
  );
  app.get('/healthz', (c) => c.json({ status: 'healthy' }));
  app.use('/v1/*', access(apiKey));
  if (programs !== undefined) app.route('/', programRoutes(programs));
  if (executions !== undefined) app.route('/', executionRoutes(executions));
  return app;
}
