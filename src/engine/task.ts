import type { ErrorData } from '../errors.ts';
import type { ValueRef } from '../program/value.ts';

/**
 * pending: a dependency is unsettled. guarding, resolving: the host was asked for the guard, the items. ready: may start.
 * queued: the host was asked for permits. running: an attempt is live. checking: the host was asked whether to repeat.
 * recovering: the host's recovery strategy was asked. waiting: the next attempt is due later. arranging: the host was asked
 * what to wait for. awaiting: a signal or a time is awaited. fanned: a forEach node whose items are under way.
 */
export type TaskStatus =
  | 'pending'
  | 'guarding'
  | 'resolving'
  | 'ready'
  | 'queued'
  | 'running'
  | 'checking'
  | 'recovering'
  | 'waiting'
  | 'arranging'
  | 'awaiting'
  | 'fanned'
  | 'succeeded'
  | 'failed'
  | 'skipped'
  | 'cancelled';

export type SettledStatus = 'succeeded' | 'failed' | 'skipped' | 'cancelled';

export interface Task {
  readonly node: number;
  /** Index of the item, {@link nodeItself}, or {@link compensationOfNode}. */
  readonly item: number;
  status: TaskStatus;
  /** Number of the current or last attempt; 0 before the first. */
  attempt: number;
  /** Attempts that do not count against the retry policy: lost with their host, of an earlier iteration, or forgiven by a recovery. */
  uncounted: number;
  /** Attempts that were not lost with their host: an attempt that replaces a lost one is the same try. */
  tries: number;
  /** The {@link termOf} the state when the current attempt started. */
  epoch: number;
  /** The module has failed for good and the fallback runs. */
  fallback: boolean;
  /** Counts from 0; a node without `repeat` has one. */
  iteration: number;
  /** The host has granted the permits its node asks for, and they have not been given back. */
  granted: boolean;
  /** Times a recovery strategy was asked. */
  recoveries: number;
  /** The task's one deadline: of the attempt while running, the next attempt while waiting, the end of a wait; null: none. */
  dueAtMs: number | null;
  /** While running: when the attempt as a whole has to be over, signs of life or not. */
  timeoutAtMs: number | null;
  /** While awaiting: the signal; null when it only waits for a time. */
  event: string | null;
  output: ValueRef | null;
  error: ErrorData | null;
}

export function isSettled(status: TaskStatus): status is SettledStatus {
  return status === 'succeeded' || status === 'failed' || status === 'skipped' || status === 'cancelled';
}

/** In the place of an item's index. */
export const nodeItself = -1;
/** In the place of an item's index: the task that undoes what the node did. */
export const compensationOfNode = -2;

export function newTask(node: number, item: number, status: TaskStatus): Task {
  return {
    node,
    item,
    status,
    attempt: 0,
    uncounted: 0,
    tries: 0,
    epoch: 0,
    fallback: false,
    iteration: 0,
    granted: false,
    recoveries: 0,
    dueAtMs: null,
    timeoutAtMs: null,
    event: null,
    output: null,
    error: null,
  };
}
