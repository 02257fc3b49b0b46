import type { Strategy, Tolerance } from '../program/program.ts';

/** What an execution may override of its program. */
export interface ExecutionOptions {
  readonly strategy?: Strategy;
  readonly tolerance?: Tolerance;
  readonly concurrency?: number;
  readonly timeoutMs?: number;
  /** Runs only what the outputs of the program need. */
  readonly lazy?: boolean;
}
