import type { ExecutionEventType, PublishedFact } from '../engine/command.ts';
import type { Plan } from '../plan/plan.ts';
import type { ValueRef } from '../program/value.ts';

/** One line of the canonical log: a fact without its time and without its place among other tasks' facts. */
export interface CanonicalLine {
  readonly type: ExecutionEventType;
  readonly taskId?: string;
  readonly attempt?: number;
  readonly output?: string;
  readonly errorCode?: string;
  readonly reason?: string;
}

/** Facts that tell how an execution was driven, not what it did. */
const aboutTheHost: readonly ExecutionEventType[] = ['RECOVERY_INITIATED', 'CHECKPOINT_CREATED', 'LATE_RESULT'];

/**
 * What an execution did, independent of where and how fast: each task's own facts in their order, tasks in plan order,
 * items by index, the execution's own facts around them. Tasks that run side by side end in any order in real time, so
 * the order between tasks is not part of it. Equal inputs give equal canonical logs in every home.
 *
 * @param digest the digest of an output by its reference
 */
export function canonicalLog(plan: Plan, facts: readonly PublishedFact[], digest: (ref: ValueRef) => string): readonly CanonicalLine[] {
  const told = facts.filter((fact) => !aboutTheHost.includes(fact.type));
  const positionOf = new Map<string, number>();
  plan.order.forEach((node, position) => positionOf.set(plan.nodes[node]?.id ?? '', position));
  const keyed = told.map((fact, index) => ({ fact, index, key: sortKey(fact, positionOf) }));
  keyed.sort((a, b) => a.key[0] - b.key[0] || a.key[1] - b.key[1] || a.index - b.index);
  return keyed.map(({ fact }) => ({
    type: fact.type,
    ...(fact.taskId !== undefined && { taskId: fact.taskId }),
    ...(fact.attempt !== undefined && { attempt: fact.attempt }),
    ...(fact.output !== undefined && { output: digest(fact.output) }),
    ...(fact.error !== undefined && { errorCode: fact.error.code }),
    ...(fact.reason !== undefined && { reason: fact.reason }),
  }));
}

/** Position of the node in the plan, then the item; the execution's own facts come before (start) and after (the rest). */
function sortKey({ taskId, type }: PublishedFact, positionOf: ReadonlyMap<string, number>): readonly [number, number] {
  if (taskId === undefined) return [type === 'EXECUTION_STARTED' ? -1 : Number.POSITIVE_INFINITY, 0];
  const position = positionOf.get(taskId);
  if (position !== undefined) return [position, -1];
  const bracket = taskId.lastIndexOf('[');
  return [positionOf.get(taskId.slice(0, bracket)) ?? Number.MAX_SAFE_INTEGER, Number(taskId.slice(bracket + 1, -1))];
}
