import type { ValueRef } from '../program/value.ts';
import type { ExecutionState } from './state.ts';
import type { Task } from './task.ts';

/** The format of checkpoints; a host refuses those of a version it does not know instead of guessing. */
export const checkpointVersion = 3;
/** In this one, outputs of items were not in pages. */
export const versionWithoutPages = 2;

/** The state of an execution after the event `seq`, as data: no indexes, no class instances, no cycles. */
export interface Checkpoint {
  readonly version: typeof checkpointVersion | typeof versionWithoutPages;
  readonly seq: number;
  readonly state: SavedState;
}

type Saved = Omit<ExecutionState, 'derived' | 'fanOuts' | 'tasks' | 'compensations'>;

export interface SavedState extends Readonly<Saved> {
  readonly tasks: readonly SavedTask[];
  readonly fanOuts: readonly SavedFanOut[];
  readonly compensations: readonly Readonly<Task>[];
}

/** `items`: the output of a forEach node, which lies with its items. */
export type SavedTask = Readonly<Omit<Task, 'output'> & { output: ValueRef | null | 'items' }>;

export interface SavedFanOut {
  readonly node: number;
  readonly count: number;
  readonly next: number;
  readonly live: readonly Readonly<Task>[];
  readonly outputs: readonly Uint8Array[] | readonly (ValueRef | null)[];
  readonly itemCount: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly skipped: number;
}
