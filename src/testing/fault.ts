import type { ErrorData } from '../errors.ts';

/** What a store is asked to write: `write` is any of the first four, `call` is a call of a module. */
export type FaultKind = 'create' | 'claim' | 'commit' | 'artifact' | 'write' | 'call';

/** Something that goes wrong: at one place, or again and again by chance. */
export interface Fault {
  readonly on: FaultKind;
  /** The k-th of its kind, counted from 1. Without it, `probability` decides at each. */
  readonly at?: number;
  /** 0 to 1, drawn from the plan's seed. */
  readonly probability?: number;
  /** Before it really happened (default), or after: then it was stored, and only its answer is lost. */
  readonly when?: 'before' | 'after';
  /**
   * `fail` (default): it fails, and what comes later does not. `die`: from here on nothing is written any more, as when the
   * process is killed. `delayMs`: it happens so much later, or by a drawn time between two; needs the plan's clock.
   */
  readonly effect?: 'fail' | 'die' | { readonly delayMs: number | readonly [from: number, to: number] };
  /** Default: STORAGE_FAILED for writes, MODULE_FAILED for calls. */
  readonly error?: ErrorData;
}
