import type { TaskState } from '../states/vocabulary.ts';

/** What a task did for a while: stood in the queue, ran, waited for its next attempt, or for a signal or a time. */
export type SegmentKind = 'queue' | 'run' | 'retry' | 'wait';

/** A piece of the life of a task; times in ms since the execution began. */
export interface Segment {
  readonly taskId: string;
  readonly nodeId: string;
  readonly kind: SegmentKind;
  readonly startMs: number;
  /** null: it goes on. */
  endMs: number | null;
  /** How it ended, or what it is now. */
  state: TaskState;
  readonly attempt?: number;
  /** Of a run: the worker lane, the first that was free. */
  readonly lane?: number;
}

export interface Attempt {
  readonly number: number;
  readonly startMs: number;
  endMs: number | null;
  state: TaskState;
  error?: { readonly code: string; readonly message: string; readonly hint?: string };
}
