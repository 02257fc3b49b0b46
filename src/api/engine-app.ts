import type { Hono } from 'hono';
import { type AccessOptions, authentication, refused } from './access.ts';
import { createApp } from './app.ts';
import type { Audit } from './audit.ts';
import type { ExecutionBackend, ServiceBackend, TenantBackend } from './backend.ts';
import { executionHandlers } from './execution-handlers.ts';
import { tenantDefault } from './principal.ts';
import { programHandlers } from './program-handlers.ts';
import type { RateLimit } from './rate-limit.ts';
import { serviceHandlers, tenantHandlers } from './service-handlers.ts';

export interface EngineAppOptions {
  readonly backend: ServiceBackend & TenantBackend & ExecutionBackend;
  readonly newId: () => string;
  /** The only tenant this engine has; `main` when absent. */
  readonly tenant?: string;
  readonly access?: AccessOptions;
  readonly rateLimit?: RateLimit;
  readonly origins?: readonly string[];
  readonly audit?: Audit;
}

/** The whole API over one engine in this process, which serves one tenant. */
export function createEngineApp({
  backend,
  newId,
  tenant = tenantDefault,
  access = {},
  ...more
}: EngineAppOptions): Hono {
  const authenticate = authentication(access);
  const executions = executionHandlers(backend);
  return createApp({
    ...more,
    handlers: {
      ...serviceHandlers(backend),
      ...programHandlers(backend, () => backend, executions.start),
      ...executions.handlers,
      ...tenantHandlers(() => backend, backend.now),
    },
    async authenticate(c) {
      const principal = await authenticate(c);
      if (principal.tenant === tenant) return principal;
      throw refused(403, 'this engine serves another tenant', 'use a key of its tenant');
    },
    newId: () => ({ newId: newId(), again: false }),
    now: backend.now,
    idempotency: () => backend.records,
  });
}
