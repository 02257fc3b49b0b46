/**
 * A program as data: the file format of Heddle, version 1 (JSON or YAML). Types only; validate.ts checks, normalize.ts
 * brings the short form into this one. Everything is readonly and JSON-safe.
 */

/** JSON Schema 2020-12, as data. */
export type JsonSchema = { readonly [keyword: string]: unknown } | boolean;

export type Strategy = 'sequential' | 'parallel' | 'pipeline' | 'optimized' | 'resource_aware';
/** How many failed tasks an execution bears: none, any number, or at most `threshold`. */
export type Tolerance = 'strict' | 'tolerant' | { readonly threshold: number };
export type OnFailure = 'fail' | 'compensate' | 'pause';
export type Join = 'all' | 'any' | { readonly quorum: number };
export type Trigger = 'success' | 'failure' | 'always';
export type Backoff = 'immediate' | 'fixed' | 'linear' | 'exponential' | 'fibonacci';
export type Jitter = 'none' | 'full' | 'equal';
export type Placement = 'inline' | 'worker' | 'shard' | 'queue';

/** Template: any JSON value whose strings may hold `${expression}`. */
export type Template = null | boolean | number | string | readonly Template[] | { readonly [key: string]: Template };

export interface Program {
  readonly heddle: 1;
  readonly name: string;
  readonly description?: string;
  readonly inputs?: JsonSchema;
  readonly strategy?: Strategy;
  readonly tolerance?: Tolerance;
  readonly onFailure?: OnFailure;
  readonly limits?: ProgramLimits;
  /** What its executions are to reach: compared with what was measured, and told; nothing is ended by them. */
  readonly targets?: {
    /** Of 95 of 100 completed executions. */
    readonly durationMs?: number;
    /** Completed ones among those that ended, 0 to 1. */
    readonly successRate?: number;
  };
  readonly nodes: { readonly [id: string]: ProgramNode };
  readonly outputs?: { readonly [name: string]: Template };
}

export interface ProgramLimits {
  /** Tasks running at once. */
  readonly concurrency?: number;
  /** The whole execution, in ms. */
  readonly timeoutMs?: number;
  /** Retries of all tasks together: at most `ratio` of the attempts started so far, but always `min`. */
  readonly retryBudget?: { readonly ratio: number; readonly min?: number };
  /** Checkpoints by themselves: after so many events, so many bytes of outputs, or so much time, whatever comes first. */
  readonly checkpoint?: { readonly events?: number; readonly bytes?: number; readonly everyMs?: number };
}

/** One node: exactly one of module, program, waitFor, sleepMs, sleepUntil, and its policies. */
export interface ProgramNode {
  /** `name` or `name@version`. */
  readonly module?: string;
  readonly program?: string | Program;
  readonly waitFor?: { readonly event: string; readonly timeoutMs?: number };
  readonly sleepMs?: number | string;
  readonly sleepUntil?: string;
  readonly with?: Template;
  readonly needs?: readonly string[];
  readonly if?: string;
  readonly join?: Join;
  readonly trigger?: Trigger;
  readonly forEach?: ForEach;
  readonly repeat?: { readonly while: string; readonly maxIterations: number };
  readonly retry?: RetryPolicy;
  readonly timeoutMs?: number;
  readonly idleTimeoutMs?: number;
  readonly breaker?: {
    readonly failures?: number;
    readonly openMs?: number;
    readonly halfOpenMax?: number;
    readonly key?: string;
  };
  readonly bulkhead?: { readonly key: string; readonly limit: number };
  readonly fallback?: { readonly module: string; readonly with?: Template } | { readonly value: Template };
  readonly compensate?: { readonly module: string; readonly with?: Template };
  readonly critical?: boolean;
  readonly resources?: { readonly [name: string]: number };
  /** 0 (last) to 10 (first). */
  readonly priority?: number;
  readonly rateLimit?: { readonly key: string; readonly perSecond: number };
  readonly cache?: { readonly ttlMs?: number; readonly scope?: string };
  readonly runOn?: Placement;
  readonly summary?: string;
}

export interface ForEach {
  /** Expression (`${...}`) giving the list, or a literal list of templates. */
  readonly items: string | readonly Template[];
  readonly maxParallel?: number;
  readonly batchSize?: number;
  readonly tolerance?: Tolerance;
}

export interface RetryPolicy {
  /** Attempts in all, the first included. */
  readonly attempts?: number;
  readonly backoff?: Backoff;
  readonly delayMs?: number;
  readonly maxDelayMs?: number;
  readonly factor?: number;
  readonly jitter?: Jitter;
  /** Codes that are never tried again. */
  readonly nonRetryable?: readonly string[];
}
