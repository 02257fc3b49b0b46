import type { Placement, Program } from '../../program/program.ts';
import type { Value } from '../../program/value.ts';

/** What an attempt runs: a module on an input, a sub-program on its inputs, or nothing but a value (a fallback value). */
export type Work = ModuleWork | ProgramWork | { readonly value: Value };

export interface ModuleWork {
  readonly module: string;
  readonly input: Value;
  readonly runOn?: Placement;
  readonly timeoutMs?: number;
  readonly idleTimeoutMs?: number;
  /** Items the input holds, where the node takes them in batches. */
  readonly batch?: number;
  /** An equal call that succeeded before may stand for this one. */
  readonly cache?: CachePolicy;
}

export interface CachePolicy {
  readonly ttlMs?: number;
  readonly scope?: string;
}

export interface ProgramWork {
  /** By name, or inline. */
  readonly program: string | Program;
  readonly input: Value;
}
