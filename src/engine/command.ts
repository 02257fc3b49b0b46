import type { ErrorData } from '../errors.ts';
import type { ValueRef } from '../program/value.ts';
import type { AttemptRef, TaskRef } from './task-ref.ts';
import type { Usage } from './usage.ts';

/**
 * Orders: everything the machine may ask of its host, in the imperative. Each but Publish, WakeAt and ReleasePermits is
 * answered by an event.
 */
export type Command =
  | StartAttempt
  | AbortAttempt
  | AcquirePermits
  | ReleasePermits
  | EvaluateGuard
  | ResolveItems
  | EvaluateRepeat
  | ArrangeWait
  | AskRecovery
  | WakeAt
  | SaveCheckpoint
  | Publish
  | FinishExecution;

/** Answered by AttemptSucceeded or AttemptFailed with the same attempt and epoch. */
export interface StartAttempt extends AttemptRef {
  readonly type: 'StartAttempt';
  /** Run the node's fallback instead of its module. */
  readonly fallback: boolean;
  /** Which try it is: an attempt that replaces one lost with its host is the same try. Names a sub-program's execution. */
  readonly tries: number;
  /** Counts from 0 under `repeat`. */
  readonly iteration: number;
}

/** The machine has given the attempt up; whatever it still answers is late. */
export interface AbortAttempt extends AttemptRef {
  readonly type: 'AbortAttempt';
  readonly reason: ErrorData;
}

/** Get what the gates of the node ask for. Answered by PermitsGranted or PermitsRefused with the same epoch. */
export interface AcquirePermits extends TaskRef {
  readonly type: 'AcquirePermits';
  readonly epoch: number;
}

/** Give back what was granted, or stop asking for it. Has no answer. */
export interface ReleasePermits extends TaskRef {
  readonly type: 'ReleasePermits';
  /** What the circuit breaker is to learn of it. */
  readonly outcome: 'succeeded' | 'failed' | 'abandoned';
}

/** Answered by RepeatEvaluated. */
export interface EvaluateRepeat extends TaskRef {
  readonly type: 'EvaluateRepeat';
}

/** Answered by WaitArranged. */
export interface ArrangeWait extends TaskRef {
  readonly type: 'ArrangeWait';
}

/** Answered by RecoveryDecided, or by CheckpointRestored. */
export interface AskRecovery extends TaskRef {
  readonly type: 'AskRecovery';
  readonly error: ErrorData;
}

/** Answered by GuardEvaluated. */
export interface EvaluateGuard extends TaskRef {
  readonly type: 'EvaluateGuard';
}

/** Answered by ItemsResolved. */
export interface ResolveItems {
  readonly type: 'ResolveItems';
  readonly node: string;
}

/** Arm the one wake-up, or disarm it with null. Answered by Woke, at or after that time. */
export interface WakeAt {
  readonly type: 'WakeAt';
  readonly atMs: number | null;
}

/** Answered by CheckpointSaved in the same commit as the checkpoint. */
export interface SaveCheckpoint {
  readonly type: 'SaveCheckpoint';
  readonly checkpointId: string;
}

/** Evaluate the outputs (when completed) and record the end. Answered by ExecutionFinished. */
export interface FinishExecution {
  readonly type: 'FinishExecution';
  readonly status: 'COMPLETED' | 'FAILED' | 'CANCELLED';
  readonly error?: ErrorData;
}

/** Tell whoever watches. Published facts are derived from the journal: replaying it publishes the same again. */
export interface Publish {
  readonly type: 'Publish';
  readonly fact: PublishedFact;
}

/**
 * All facts have the first six members, if only as `undefined`, and nearly all have no other: what is made of them (metrics, timelines,
 * records) goes through every one of them, and is a tenth faster when they look alike to V8.
 */
export interface PublishedFact {
  /** Counts from 1 without a gap within an execution; what a watcher resumes from. */
  readonly id: number;
  readonly type: ExecutionEventType;
  readonly atMs: number;
  readonly taskId?: string | undefined;
  readonly attempt?: number | undefined;
  readonly output?: ValueRef | undefined;
  readonly error?: ErrorData;
  /** For TASK_RETRIED: when the next attempt is due. */
  readonly dueAtMs?: number;
  /** Why a task was skipped, cancelled or retried, in a few words. */
  readonly reason?: string;
  readonly checkpointId?: string;
  /** For RESOURCE_ALLOCATED and RESOURCE_RELEASED: amounts by resource. */
  readonly resources?: Readonly<Record<string, number>>;
  /** For TASK_USAGE. */
  readonly usage?: Usage;
}

/** The names of the public contract; those not listed by the specification are ours. */
export type ExecutionEventType = (typeof executionEventTypes)[number];

export const executionEventTypes = [
  'EXECUTION_STARTED',
  'EXECUTION_COMPLETED',
  'EXECUTION_FAILED',
  'EXECUTION_PAUSED',
  'EXECUTION_RESUMED',
  'EXECUTION_CANCELLED',
  'TASK_READY',
  'TASK_STARTED',
  'TASK_COMPLETED',
  'TASK_FAILED',
  'TASK_RETRIED',
  'TASK_SKIPPED',
  'TASK_CANCELLED',
  'TASK_TIMED_OUT',
  'TASK_CACHED',
  'TASK_PROGRESS',
  'TASK_OUTPUT',
  'TASK_COMPENSATED',
  'TASK_USAGE',
  'LATE_RESULT',
  'SIGNAL_RECEIVED',
  'ALERT_TRIGGERED',
  'RESOURCE_ALLOCATED',
  'RESOURCE_RELEASED',
  'CHECKPOINT_CREATED',
  'RECOVERY_INITIATED',
] as const;

/** The same names as values. */
export const ExecutionEventType = Object.fromEntries(executionEventTypes.map((type) => [type, type])) as {
  readonly [Type in ExecutionEventType]: Type;
};
