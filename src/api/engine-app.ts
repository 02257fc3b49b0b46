import type { Hono } from 'hono';
import { type AccessOptions, authentication, refused } from './access.ts';
import { AlertDesk } from './alert-desk.ts';
import { createApp } from './app.ts';
import type { Backend } from './backend.ts';
import { executionHandlers } from './execution-handlers.ts';
import { tenantDefault } from './principal.ts';
import { programHandlers } from './program-handlers.ts';
import { RateLimit, type RateLimitOptions } from './rate-limit.ts';
import { readinessHandler, serviceHandlers, tenantHandlers } from './service-handlers.ts';

export interface EngineAppOptions {
  readonly backend: Backend;
  readonly newId: () => string;
  /** The only tenant this engine has; `main` when absent. */
  readonly tenant?: string;
  readonly access?: AccessOptions;
  readonly rateLimit?: RateLimitOptions;
  readonly origins?: readonly string[];
}

/** The whole API over one engine in this process, which serves one tenant. */
export function createEngineApp({
  backend,
  newId,
  tenant = tenantDefault,
  access = {},
  rateLimit,
  origins,
}: EngineAppOptions): Hono {
  const alerts = new AlertDesk(backend.records, backend.engine);
  const authenticate = authentication(access);
  return createApp({
    handlers: {
      ...serviceHandlers(),
      ...readinessHandler({
        journal: async () => backend.list({ limit: 1 }),
        records: async () => backend.records.list('ready', { limit: 1 }),
      }),
      ...programHandlers(backend),
      ...executionHandlers(backend, alerts),
      ...tenantHandlers(backend, alerts),
    },
    async authenticate(c) {
      const principal = await authenticate(c);
      if (principal.tenant === tenant) return principal;
      throw refused(403, 'this engine serves another tenant', 'use a key of its tenant');
    },
    newId: () => ({ newId: newId(), again: false }),
    now: backend.now,
    idempotency: () => backend.records,
    ...(rateLimit !== undefined && { rateLimit: new RateLimit(rateLimit) }),
    ...(origins !== undefined && { origins }),
  });
}
