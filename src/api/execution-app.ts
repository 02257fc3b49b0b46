import type { Hono } from 'hono';
import { createApp } from './app.ts';
import type { ExecutionBackend } from './backend.ts';
import { executionHandlers } from './execution-handlers.ts';
import { readForwarded } from './forwarded.ts';
import type { Sockets } from './monitor-sockets.ts';

/** The API of executions in their home, behind the front door: whoever comes was let in there. */
export function createExecutionApp(backend: ExecutionBackend, sockets?: Sockets): Hono {
  return createApp({
    handlers: executionHandlers(backend, sockets).handlers,
    authenticate: (c) => readForwarded(c).principal,
    newId: readForwarded,
    now: backend.now,
  });
}
