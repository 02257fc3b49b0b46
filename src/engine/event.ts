import type { ErrorData } from '../errors.ts';
import type { Strategy, Tolerance } from '../program/program.ts';
import type { ValueRef } from '../program/value.ts';
import type { Checkpoint } from './checkpoint.ts';

/**
 * Facts: everything that may happen to an execution, in the past tense. They are the only input of the machine and the
 * only thing a journal holds; the state is their fold. JSON-safe but for the values inside a {@link ValueRef}.
 */
export type Event =
  | ExecutionStarted
  | LeaseAcquired
  | AttemptSucceeded
  | AttemptFailed
  | GuardEvaluated
  | ItemsResolved
  | Woke
  | PauseRequested
  | ResumeRequested
  | CancelRequested
  | CheckpointRequested
  | CheckpointSaved
  | CheckpointRestored
  | ExecutionFinished;

/** An event in its journal: `seq` counts from 1 without a gap, `atMs` is the host's clock when it was recorded. */
export type JournalEntry = Event & { readonly seq: number; readonly atMs: number };

/** A task: a node, or one item of a forEach node. */
export interface TaskRef {
  readonly node: string;
  readonly item?: number;
}

/** What an execution may override of its program. */
export interface ExecutionOptions {
  readonly strategy?: Strategy;
  readonly tolerance?: Tolerance;
  readonly concurrency?: number;
  readonly timeoutMs?: number;
}

export interface ExecutionStarted {
  readonly type: 'ExecutionStarted';
  readonly executionId: string;
  readonly programDigest: string;
  readonly inputs: ValueRef;
  readonly options: ExecutionOptions;
  /** 32 bits behind every random-looking decision (jitter). */
  readonly seed: number;
}

/** A host has taken the execution: what ran under an older epoch is lost and will be tried again. */
export interface LeaseAcquired {
  readonly type: 'LeaseAcquired';
  readonly epoch: number;
  /** Attempts this host can run at once. */
  readonly slots: number;
}

/** Identifies one attempt for fencing: an answer whose attempt or epoch is not the task's current one changes nothing. */
export interface AttemptRef extends TaskRef {
  readonly attempt: number;
  readonly epoch: number;
}

export interface AttemptSucceeded extends AttemptRef {
  readonly type: 'AttemptSucceeded';
  readonly output: ValueRef;
}

export interface AttemptFailed extends AttemptRef {
  readonly type: 'AttemptFailed';
  readonly error: ErrorData;
  /** The failed module asked to be left alone for so long (Retry-After). */
  readonly retryAfterMs?: number;
}

/** The host evaluated the `if` of a task. */
export interface GuardEvaluated extends TaskRef {
  readonly type: 'GuardEvaluated';
  readonly outcome: { readonly passed: boolean } | { readonly error: ErrorData };
}

/** The host evaluated the item list of a forEach node. */
export interface ItemsResolved {
  readonly type: 'ItemsResolved';
  readonly node: string;
  readonly outcome: { readonly count: number } | { readonly error: ErrorData };
}

/** A wake-up came, perhaps late, twice or for nothing; deadlines are only acted upon here. */
export interface Woke {
  readonly type: 'Woke';
}

export interface PauseRequested {
  readonly type: 'PauseRequested';
}
export interface ResumeRequested {
  readonly type: 'ResumeRequested';
}
export interface CancelRequested {
  readonly type: 'CancelRequested';
  readonly reason?: string;
}

/** Somebody asked for a checkpoint of that id. */
export interface CheckpointRequested {
  readonly type: 'CheckpointRequested';
  readonly checkpointId: string;
}

/** The answer to SaveCheckpoint, recorded in the same commit as the checkpoint itself. */
export interface CheckpointSaved {
  readonly type: 'CheckpointSaved';
  readonly checkpointId: string;
}

/** The state was set back to a checkpoint; what was finished after it runs again under a new generation. */
export interface CheckpointRestored {
  readonly type: 'CheckpointRestored';
  readonly checkpointId: string;
  readonly checkpoint: Checkpoint;
  readonly epoch: number;
  readonly slots: number;
}

/** The terminal fact, recorded by the host as the answer to FinishExecution. */
export interface ExecutionFinished {
  readonly type: 'ExecutionFinished';
  readonly status: 'COMPLETED' | 'FAILED' | 'CANCELLED';
  readonly result?: ValueRef;
  readonly error?: ErrorData;
}
