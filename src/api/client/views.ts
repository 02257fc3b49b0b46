import type { ExecutionCheckpoint } from '../../host/view/checkpoint-view.ts';
import type {
  ExecutionEvent,
  ExecutionMessage,
  ExecutionResult,
  ExecutionUpdate,
  ResourceUsage,
} from '../../host/view/execution-view.ts';
import type { ExecutionStatus } from '../../observe/status.ts';
import type { ExecutionSummary } from '../../ports/journal-store.ts';

/** What JSON has made of something: dates are text, maps are objects. */
export type Wire<T> = T extends Date
  ? string
  : T extends ReadonlyMap<string, infer V>
    ? { readonly [key: string]: V }
    : T extends readonly (infer U)[]
      ? readonly Wire<U>[]
      : T extends object
        ? { readonly [K in keyof T]: Wire<T[K]> }
        : T;

export interface StatusAnswer {
  readonly executionId: string;
  readonly status: ExecutionStatus;
}

/** Back from JSON: as the engine shows it. */
export function readEvent(wire: Wire<ExecutionEvent>): ExecutionEvent {
  return { ...wire, timestamp: new Date(wire.timestamp) } as ExecutionEvent;
}

export function readUpdate(
  { messages = [], ...wire }: Omit<Wire<ExecutionUpdate>, 'events'>,
  events: readonly ExecutionEvent[],
): ExecutionUpdate {
  return {
    ...wire,
    timestamp: new Date(wire.timestamp),
    events,
    messages: messages.map((message) => ({ ...message, timestamp: new Date(message.timestamp) }) as ExecutionMessage),
  } as ExecutionUpdate;
}

export function readResult(wire: Wire<ExecutionResult>): ExecutionResult {
  const { startedAt, completedAt, error, resourceUsage, timeline } = wire;
  return {
    ...wire,
    startedAt: new Date(startedAt),
    ...(completedAt !== undefined && { completedAt: new Date(completedAt) }),
    ...(error !== undefined && { error: { ...error, timestamp: new Date(error.timestamp) } }),
    resourceUsage: resourceUsage.map(readUsage),
    timeline: timeline.map(readEvent),
  } as ExecutionResult;
}

function readUsage({ startTime, endTime, ...usage }: Wire<ResourceUsage>): ResourceUsage {
  const end = endTime === undefined ? {} : { endTime: new Date(endTime) };
  return { ...usage, startTime: new Date(startTime), ...end } as ResourceUsage;
}

export function readCheckpoint({ state, timestamp, ...wire }: Wire<ExecutionCheckpoint>): ExecutionCheckpoint {
  const { taskStates, resourceAllocations, variables, ...rest } = state;
  return {
    ...wire,
    timestamp: new Date(timestamp),
    state: {
      ...rest,
      taskStates: new Map(Object.entries(taskStates)),
      resourceAllocations: new Map(Object.entries(resourceAllocations)),
      variables: new Map(Object.entries(variables)),
    },
  } as ExecutionCheckpoint;
}

/** An execution as a list has it. */
export interface ListedExecution extends Omit<ExecutionSummary, 'createdAtMs' | 'updatedAtMs'> {
  readonly createdAt: string;
  readonly updatedAt: string;
}

export function readSummary({ createdAt, updatedAt, ...rest }: ListedExecution): ExecutionSummary {
  return { ...rest, createdAtMs: Date.parse(createdAt), updatedAtMs: Date.parse(updatedAt) };
}
