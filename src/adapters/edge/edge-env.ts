import type { DurableObject } from 'cloudflare:workers';
import { HeddleError } from '../../errors.ts';
import type { Bucket } from './object-artifact-store.ts';
import type { CallQueue } from './queued-call.ts';

/** The bindings a Worker of Heddle has, by these names; those with a question mark may be absent. */
export interface EdgeEnv {
  readonly EXECUTIONS: DurableObjectNamespace;
  readonly PROGRAMS: DurableObjectNamespace;
  readonly RUNNERS: DurableObjectNamespace;
  readonly CACHES: DurableObjectNamespace;
  readonly CATALOGUES: DurableObjectNamespace;
  /** R2: keeps artifacts from 1 MiB on. */
  readonly ARTIFACTS?: Bucket;
  /** Queues: takes nodes with `runOn: queue`. */
  readonly QUEUE?: CallQueue;
  /** Who is let in, and how often: docs/http-api.md. */
  readonly HEDDLE_API_KEY?: string;
  readonly HEDDLE_API_KEYS?: string;
  readonly HEDDLE_JWT?: string;
  readonly HEDDLE_ORIGINS?: string;
  readonly HEDDLE_RATE_LIMIT?: string;
}

/** A class to be exported from a Worker under its name. */
export type ObjectClass = new (ctx: DurableObjectState, env: EdgeEnv) => DurableObject<EdgeEnv>;

const objectBindings = ['EXECUTIONS', 'PROGRAMS', 'RUNNERS', 'CACHES', 'CATALOGUES'] as const;

/** @throws BAD_INPUT with the names in `path`; what is not bound would only be missed by the first request that needs it */
export function checkBindings(env: Partial<EdgeEnv>): void {
  const missing = objectBindings.filter((binding) => env[binding] === undefined).join(', ');
  if (missing === '') return;
  throw new HeddleError({
    code: 'BAD_INPUT',
    message: `the Worker is not bound to classes of Durable Objects: ${missing}`,
    path: missing,
    hint: 'export the five classes of createWorker and bind each, as wrangler.toml does',
  });
}
