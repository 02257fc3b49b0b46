import type { ExecutionEventType } from '../engine/command.ts';

/** What of an event is independent of where and how fast it happened. */
export interface CanonicalLine {
  readonly type: ExecutionEventType;
  readonly taskId?: string;
  readonly attempt?: number;
  readonly errorCode?: string;
  readonly reason?: string;
}

/** Events that tell how an execution was driven or what it took, not what it did. */
const aboutTheHost: readonly ExecutionEventType[] = [
  'RECOVERY_INITIATED',
  'CHECKPOINT_CREATED',
  'LATE_RESULT',
  'TASK_PROGRESS',
  'TASK_OUTPUT',
  'TASK_USAGE',
];

/**
 * What an execution did: each task's own events in their order, tasks in plan order, items by index, the execution's own
 * events around them. Tasks that run side by side end in any order in real time, so the order between tasks is not
 * part of it. The same program and inputs give the same canonical log in every home.
 *
 * @param order node ids in plan order
 */
export function canonicalLog(order: readonly string[], lines: readonly CanonicalLine[]): readonly CanonicalLine[] {
  const positionOf = new Map(order.map((id, position) => [id, position]));
  return lines
    .filter(({ type }) => !aboutTheHost.includes(type))
    .map((line, index) => ({ line, index, key: sortKey(line, positionOf) }))
    .sort((a, b) => compare(a.key[0], b.key[0]) || compare(a.key[1], b.key[1]) || a.index - b.index)
    .map(({ line }) => line);
}

/** Position of the node in the plan, then the item; the execution's own events come before (its start) and after (the rest). */
function sortKey({ taskId, type }: CanonicalLine, positionOf: ReadonlyMap<string, number>): readonly [number, number] {
  if (taskId === undefined) return [type === 'EXECUTION_STARTED' ? -1 : Number.POSITIVE_INFINITY, 0];
  const position = positionOf.get(taskId);
  if (position !== undefined) return [position, -1];
  const bracket = taskId.lastIndexOf('[');
  return [positionOf.get(taskId.slice(0, bracket)) ?? Number.MAX_SAFE_INTEGER, Number(taskId.slice(bracket + 1, -1))];
}

/** Infinity minus itself is no number. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
