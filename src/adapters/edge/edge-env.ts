import type { DurableObject } from 'cloudflare:workers';
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
