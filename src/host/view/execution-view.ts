import type { ExecutionEventType, PublishedFact } from '../../engine/command.ts';
import type { Usage } from '../../engine/usage.ts';
import type { ErrorData } from '../../errors.ts';
import { describeFact, describeUsage } from '../../observe/describe.ts';
import type { ExecutionMetrics } from '../../observe/metrics.ts';
import type { ExecutionProgress } from '../../observe/progress.ts';
import type { TaskResourceUsage } from '../../observe/resource-usage.ts';
import type { ExecutionStatus } from '../../observe/status.ts';
import type { Value } from '../../program/value.ts';
import type { LiveNote } from './live-note.ts';

/** What users are shown. Dates are Date objects here and ISO 8601 in UTC as JSON. */
export interface ExecutionResult {
  readonly executionId: string;
  /** Name of the program and digest of its canonical form, `name@digest`. */
  readonly planId: string;
  readonly status: ExecutionStatus;
  readonly startedAt: Date;
  readonly completedAt?: Date;
  readonly result?: Value;
  readonly error?: ExecutionError;
  readonly metrics: ExecutionMetrics;
  readonly resourceUsage: readonly ResourceUsage[];
  readonly timeline: readonly ExecutionEvent[];
  /** What the modules told that they used, all attempts together; absent when none told anything. */
  readonly usage?: Usage;
}

export interface ExecutionError {
  readonly code: string;
  readonly message: string;
  readonly taskId?: string;
  readonly timestamp: Date;
  readonly recoverable: boolean;
  readonly context?: Readonly<Record<string, unknown>>;
}

/** A resource, from its allocation to its release. */
export interface ResourceUsage {
  readonly resourceId: string;
  readonly resourceType: string;
  readonly amountUsed: number;
  /** By the price per unit and ms that the engine was given. */
  readonly cost: number;
  readonly startTime: Date;
  /** Absent while it is held. */
  readonly endTime?: Date;
  /** 0 to 1; of a task's resources: share of the time held in which an attempt ran. */
  readonly efficiency: number;
}

export interface ExecutionUpdate {
  readonly executionId: string;
  readonly timestamp: Date;
  readonly status: ExecutionStatus;
  readonly progress: ExecutionProgress;
  /** The task that started last among those running. */
  readonly currentTask?: string;
  readonly metrics: ExecutionMetrics;
  /** Since the update before; what a lagging reader was not told of is merged into one update, as far as its buffer goes. */
  readonly events: readonly ExecutionEvent[];
  readonly messages: readonly ExecutionMessage[];
  /** Present when the reader lagged so far that something was left out before these events. */
  readonly lag?: Lag;
}

/**
 * What a reader was not told. The events are kept: `events(skippedFrom - 1, skippedTo - skippedFrom + 1)` gives them. Messages
 * that tell of events went with them.
 */
export interface Lag {
  /** Ids of the first and the last event left out; `skippedTo` is one less than `skippedFrom` when only live ones were. */
  readonly skippedFrom: number;
  readonly skippedTo: number;
  /** How many live ones (progress, partial outputs, logs), which are gone. */
  readonly live: number;
}

export interface ExecutionEvent {
  /** Counts from 1 without a gap within the execution; progress and output events, which are not kept, have `live`. */
  readonly id: string;
  readonly type: ExecutionEventType;
  readonly timestamp: Date;
  readonly taskId?: string;
  readonly description: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

export const MessageLevel = { DEBUG: 'DEBUG', INFO: 'INFO', WARNING: 'WARNING', ERROR: 'ERROR' } as const;
export type MessageLevel = keyof typeof MessageLevel;

export interface ExecutionMessage {
  readonly level: MessageLevel;
  readonly message: string;
  readonly timestamp: Date;
  readonly taskId?: string;
  readonly context?: Readonly<Record<string, unknown>>;
}

export type ExecutionEventCallback = (update: ExecutionUpdate) => void;

export function viewEvent(fact: PublishedFact): ExecutionEvent {
  const { type, taskId } = fact;
  const id = String(fact.id);
  const timestamp = new Date(fact.atMs);
  const description = describeFact(fact);
  const data = viewData(fact);
  // Every fact of an execution comes by here, so nothing is spread.
  if (taskId === undefined)
    return data === undefined ? { id, type, timestamp, description } : { id, type, timestamp, description, data };
  return data === undefined
    ? { id, type, timestamp, taskId, description }
    : { id, type, timestamp, taskId, description, data };
}

/** The events of a result, viewed when they are asked for: many more results are given than timelines read, and they are the longest part. */
class Timeline {
  readonly #facts: readonly PublishedFact[];
  #events: readonly ExecutionEvent[] | null = null;

  constructor(facts: readonly PublishedFact[]) {
    this.#facts = facts;
  }

  get events(): readonly ExecutionEvent[] {
    this.#events ??= this.#facts.map(viewEvent);
    return this.#events;
  }
}

const timelineOf = Symbol('timeline');

/** One for all results: a getter in each would keep what it refers to until the next full collection, as in handle.ts. */
const timelineMember = {
  enumerable: true,
  get(this: { readonly [timelineOf]: Timeline }): readonly ExecutionEvent[] {
    return this[timelineOf].events;
  },
};

/**
 * Adds the timeline to a result.
 * @param facts copied: set back to a checkpoint, the execution tells more, which is not of this result
 */
export function withTimeline(
  result: Omit<ExecutionResult, 'timeline'>,
  facts: readonly PublishedFact[],
): ExecutionResult {
  Object.defineProperty(result, timelineOf, { value: new Timeline(facts.slice()) });
  return Object.defineProperty(result, 'timeline', timelineMember) as ExecutionResult;
}

function viewData(fact: PublishedFact): ExecutionEvent['data'] {
  const { attempt, error, dueAtMs, reason, checkpointId, resources, usage } = fact;
  const isRare =
    error !== undefined ||
    dueAtMs !== undefined ||
    reason !== undefined ||
    checkpointId !== undefined ||
    resources !== undefined ||
    usage !== undefined;
  if (!isRare) return attempt === undefined ? undefined : { attempt };
  const data: Record<string, unknown> = {};
  if (attempt !== undefined) data.attempt = attempt;
  if (error !== undefined) data.error = error;
  if (dueAtMs !== undefined) data.dueAt = new Date(dueAtMs).toISOString();
  if (reason !== undefined) data.reason = reason;
  if (checkpointId !== undefined) data.checkpointId = checkpointId;
  if (resources !== undefined) data.resources = resources;
  if (usage !== undefined) data.usage = usage;
  return data;
}

/** Progress and partial outputs are events; what a module logs is a message. */
export function viewNote(note: LiveNote, atMs: number): ExecutionEvent | ExecutionMessage {
  const { taskId, attempt } = note;
  const timestamp = new Date(atMs);
  if (note.kind === 'log') {
    return {
      level: 'INFO',
      message: note.message,
      timestamp,
      taskId,
      ...(note.context !== undefined && { context: note.context }),
    };
  }
  const [type, data, description] =
    note.kind === 'usage'
      ? (['TASK_USAGE', { attempt, usage: note.usage }, describeUsage(taskId, note.usage)] as const)
      : note.kind === 'progress'
        ? ([
            'TASK_PROGRESS',
            { attempt, fraction: note.fraction },
            `${taskId} is ${Math.round(note.fraction * 100)} % done`,
          ] as const)
        : (['TASK_OUTPUT', { attempt, chunk: note.chunk }, `${taskId} gave a part of its output`] as const);
  return { id: 'live', type, timestamp, taskId, description, data };
}

const levels: Readonly<Partial<Record<ExecutionEventType, MessageLevel>>> = {
  EXECUTION_FAILED: 'ERROR',
  TASK_FAILED: 'ERROR',
  TASK_RETRIED: 'WARNING',
  TASK_TIMED_OUT: 'WARNING',
  LATE_RESULT: 'WARNING',
  RECOVERY_INITIATED: 'WARNING',
};

/** The message a fact is worth; undefined for the ordinary course of things. */
export function viewMessage(fact: PublishedFact): ExecutionMessage | undefined {
  const level = levels[fact.type];
  if (level === undefined) return undefined;
  const { taskId } = fact;
  return {
    level,
    message: describeFact(fact),
    timestamp: new Date(fact.atMs),
    ...(taskId !== undefined && { taskId }),
  };
}

export function viewUsage({ startedAtMs, endedAtMs, ...usage }: TaskResourceUsage): ResourceUsage {
  return {
    ...usage,
    startTime: new Date(startedAtMs),
    ...(endedAtMs !== undefined && { endTime: new Date(endedAtMs) }),
  };
}

export function viewError(error: ErrorData, atMs: number): ExecutionError {
  const taskId = error.details?.taskId;
  return {
    code: error.code,
    message: error.message,
    ...(typeof taskId === 'string' && { taskId }),
    timestamp: new Date(atMs),
    recoverable: error.retryable ?? false,
    context: {
      ...(error.details ?? {}),
      ...(error.path !== undefined && { path: error.path }),
      ...(error.hint !== undefined && { hint: error.hint }),
    },
  };
}
