import type { Usage } from '../engine/usage.ts';

/** A node, or all the items of a forEach node together. */
export interface NodeRecord {
  /** Tasks that started; an item of a forEach node is a task. */
  readonly runs: number;
  /** Attempts that started. */
  readonly attempts: number;
  /** Attempts that failed, by timeout or otherwise. One that was lost with its host or cancelled did not fail. */
  readonly failures: number;
  /** Attempts that succeeded or failed: those whose duration counts below. */
  readonly measured: number;
  readonly totalMs: number;
  readonly maxMs: number;
  /** Durations of at most `samplesMax` of the measured attempts, evenly spread over them. */
  readonly samples: readonly number[];
  /** From the node's first start to its end, retries and all its items included; absent when it did not end. */
  readonly spanMs?: number;
  /** Tasks whose wait from ready to start is known (items are not told to be ready), and the sum of these waits. */
  readonly queued: number;
  readonly queuedMs: number;
  /** Of the node's output, where its size is known. */
  readonly outputBytes?: number;
  /** What its attempts told that they used, together. */
  readonly usage?: Usage;
}
