import { type ExecutionEventType, executionEventTypes, type PublishedFact } from '../../engine/command.ts';
import { type ExecutionEvent, viewEvent } from '../../host/view/execution-view.ts';

/**
 * Kept events in columns, for another thread: to clone tens of thousands of small objects takes longer than to make them. Only what
 * follows from the columns is left out. An event that tells more than an attempt is sent as it is.
 */
export interface PackedEvents {
  /** Ids count on from it. */
  readonly firstId: number;
  /** Places among the names of the contract. */
  readonly types: Uint8Array<ArrayBuffer>;
  /** Milliseconds since the Unix epoch. */
  readonly atMs: Float64Array<ArrayBuffer>;
  /** Places in `taskIds`, counted from 1; 0 where there is none. */
  readonly tasks: Uint32Array<ArrayBuffer>;
  readonly taskIds: readonly string[];
  /** 0 where there is none. */
  readonly attempts: Uint32Array<ArrayBuffer>;
  /** Those that are not in the columns, by their place. */
  readonly others: readonly (readonly [index: number, event: ExecutionEvent])[];
}

export function packEvents(events: readonly ExecutionEvent[]): PackedEvents {
  const count = events.length;
  const types = new Uint8Array(count);
  const atMs = new Float64Array(count);
  const tasks = new Uint32Array(count);
  const attempts = new Uint32Array(count);
  const placeOf = new Map<string, number>();
  const others: [number, ExecutionEvent][] = [];
  const firstId = Number(events[0]?.id);
  for (let index = 0; index < count; index++) {
    const event = events[index] as ExecutionEvent;
    const { taskId } = event;
    const attempt = attemptOf(event);
    if (attempt < 0 || event.id !== String(firstId + index)) {
      others.push([index, event]);
      continue;
    }
    types[index] = placeOfType[event.type];
    atMs[index] = event.timestamp.getTime();
    attempts[index] = attempt;
    if (taskId === undefined) continue;
    const known = placeOf.get(taskId);
    const place = known ?? placeOf.size + 1;
    if (known === undefined) placeOf.set(taskId, place);
    tasks[index] = place;
  }
  return { firstId, types, atMs, tasks, taskIds: [...placeOf.keys()], attempts, others };
}

export function unpackEvents(packed: PackedEvents): readonly ExecutionEvent[] {
  const { firstId, types, atMs, tasks, taskIds, attempts, others } = packed;
  const events: ExecutionEvent[] = new Array(types.length);
  for (const [index, event] of others) events[index] = event;
  for (let index = 0; index < types.length; index++) {
    if (events[index] !== undefined) continue;
    const attempt = attempts[index] ?? 0;
    const place = tasks[index] ?? 0;
    const type = executionEventTypes[types[index] ?? 0] as ExecutionEventType;
    const fact: Writable = { id: firstId + index, type, atMs: atMs[index] ?? 0 };
    if (place > 0) fact.taskId = taskIds[place - 1] as string;
    if (attempt > 0) fact.attempt = attempt;
    events[index] = viewEvent(fact);
  }
  return events;
}

type Writable = { -readonly [Key in keyof PublishedFact]: PublishedFact[Key] };

/** 0 for none, -1 when the columns do not hold what the event tells. */
function attemptOf({ data }: ExecutionEvent): number {
  if (data === undefined) return 0;
  const { attempt, ...more } = data;
  for (const _ in more) return -1;
  return typeof attempt === 'number' && attempt > 0 && attempt <= 0xffffffff ? attempt : -1;
}

const placeOfType = Object.fromEntries(executionEventTypes.map((type, place) => [type, place])) as Readonly<
  Record<ExecutionEventType, number>
>;
