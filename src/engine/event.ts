import type { ErrorData } from '../errors.ts';
import type { Schedule } from '../plan/schedule.ts';
import type { Value, ValueRef } from '../program/value.ts';
import type { ExecutionOptions } from './execution-options.ts';
import type { Fork, ParentRef } from './lineage.ts';
import type { RecoveryDecided, StrategiesChanged } from './recovery-events.ts';
import type { Checkpoint } from './saved-state.ts';
import type { AttemptRef, TaskRef } from './task-ref.ts';
import type { UsageReported } from './usage.ts';

/**
 * Facts: everything that may happen to an execution, in the past tense. They are the only input of the machine and the
 * only thing a journal holds; the state is their fold. JSON-safe but for the values inside a {@link ValueRef}.
 */
export type Event =
  | ExecutionStarted
  | LeaseAcquired
  | AttemptSucceeded
  | AttemptFailed
  | HeartbeatReceived
  | UsageReported
  | GuardEvaluated
  | ItemsResolved
  | RepeatEvaluated
  | WaitArranged
  | SignalReceived
  | PermitsGranted
  | PermitsRefused
  | StrategiesChanged
  | RecoveryDecided
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

export interface ExecutionStarted {
  readonly type: 'ExecutionStarted';
  readonly executionId: string;
  readonly programDigest: string;
  readonly inputs: ValueRef;
  readonly options: ExecutionOptions;
  /** The task of another execution that runs this one as its sub-program. */
  readonly parent?: ParentRef;
  readonly fork?: Fork;
  /** Expected ms by node id, as learnt from earlier executions: they shape the plan, which a replay must build again. */
  readonly weights?: { readonly [node: string]: number };
  /** An order of ready nodes that was searched for before the start: it is what a replay goes by, nothing is searched again. */
  readonly schedule?: Schedule;
  /** W3C header of whoever asked for the execution: its trace goes on in this one's. Shapes nothing. */
  readonly traceparent?: string;
  /** 32 bits behind every random-looking decision (jitter). */
  readonly seed: number;
}

/** A host has taken the execution: what ran under an older epoch is lost and will be tried again. */
export interface LeaseAcquired {
  readonly type: 'LeaseAcquired';
  readonly epoch: number;
  /** Attempts this host can run at once. */
  readonly slots: number;
  /** Codes of errors the host has a recovery strategy for; `*` is every one. Absent: none. */
  readonly recovers?: readonly string[];
}

export interface AttemptSucceeded extends AttemptRef {
  readonly type: 'AttemptSucceeded';
  readonly output: ValueRef;
  /** The module did not run: an equal call had run before. */
  readonly cached?: boolean;
  /** Size of the output; told when the program wants checkpoints by bytes. */
  readonly bytes?: number;
}

export interface AttemptFailed extends AttemptRef {
  readonly type: 'AttemptFailed';
  readonly error: ErrorData;
  /** The failed module asked to be left alone for so long (Retry-After). */
  readonly retryAfterMs?: number;
}

/** An attempt with an `idleTimeoutMs` gave a sign of life; the host records at most two of them in that time. */
export interface HeartbeatReceived extends AttemptRef {
  readonly type: 'HeartbeatReceived';
}

/** The host evaluated the `repeat.while` of a task that succeeded. */
export interface RepeatEvaluated extends TaskRef {
  readonly type: 'RepeatEvaluated';
  readonly outcome: { readonly again: boolean } | { readonly error: ErrorData };
}

/** The host evaluated what a task waits for. */
export interface WaitArranged extends TaskRef {
  readonly type: 'WaitArranged';
  readonly outcome:
    | { readonly event: string; readonly timeoutMs?: number }
    | { readonly sleepMs: number }
    | { readonly untilMs: number }
    | { readonly error: ErrorData };
}

/** Somebody sent a signal. It goes to the task that has waited longest by its place in the program, or is kept for the first to wait. */
export interface SignalReceived {
  readonly type: 'SignalReceived';
  readonly event: string;
  readonly payload: ValueRef;
}

/** The host has set aside what the task asks for: a place behind its bulkhead, its resources, a token of its rate. */
export interface PermitsGranted extends TaskRef {
  readonly type: 'PermitsGranted';
  readonly epoch: number;
}

/** The task may not start: its circuit breaker is open, or what it asks for can never be given. Counts as a failed attempt. */
export interface PermitsRefused extends TaskRef {
  readonly type: 'PermitsRefused';
  readonly epoch: number;
  readonly error: ErrorData;
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
  /** `count` tasks; with `batchSize` they are batches, of `itemCount` items in all. */
  readonly outcome: { readonly count: number; readonly itemCount?: number } | { readonly error: ErrorData };
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
  /** What runs may end by itself within that time; nothing more starts. Absent or 0: it is given up at once. */
  readonly graceMs?: number;
  /** The execution that takes its place; told in the details of its end. */
  readonly successor?: string;
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
  /** By a recovery strategy: what the strategies remember from now on. */
  readonly variables?: { readonly [name: string]: Value };
}

/** The terminal fact, recorded by the host as the answer to FinishExecution. */
export interface ExecutionFinished {
  readonly type: 'ExecutionFinished';
  readonly status: 'COMPLETED' | 'FAILED' | 'CANCELLED';
  readonly result?: ValueRef;
  readonly error?: ErrorData;
}
