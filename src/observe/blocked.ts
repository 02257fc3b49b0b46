import { slotsOf } from '../engine/dispatch.ts';
import type { ExecutionState } from '../engine/state.ts';
import { taskId } from '../engine/step.ts';
import { compensationOfNode, isSettled, nodeItself, type Task } from '../engine/task.ts';
import type { Plan } from '../plan/plan.ts';

/** A task that has not settled and does not run, and what it waits for. Times are in ms since the Unix epoch. */
export type BlockedTask = { readonly taskId: string } & Blocked;

export type Blocked =
  /** What it depends on has not settled; for a compensation, what is to be undone before it. For a forEach node, its items. */
  | { readonly why: 'dependencies'; readonly on: readonly string[] }
  | { readonly why: 'signal'; readonly event: string; readonly untilMs?: number }
  /** It sleeps. */
  | { readonly why: 'time'; readonly untilMs: number }
  | { readonly why: 'retry'; readonly dueAtMs: number; readonly attempt: number; readonly error?: string }
  /** It is in line for what its node asks for, in this order; the breaker is asked last. */
  | { readonly why: 'permits'; readonly for: Permits }
  /** As many attempts run as may; a forEach node waits so for its next items. */
  | { readonly why: 'slot'; readonly running: number; readonly slots: number }
  | { readonly why: 'paused' }
  /** The host was asked and has not answered; `lease`: no host has taken the execution yet. */
  | { readonly why: 'host'; readonly asked: 'lease' | 'guard' | 'items' | 'repeat' | 'wait' | 'recovery' };

/** Keys and amounts, of the gates the node has. */
export interface Permits {
  readonly bulkhead?: string;
  readonly rateLimit?: string;
  readonly resources?: Readonly<Record<string, number>>;
  readonly breaker?: string;
}

const asked = {
  guarding: 'guard',
  resolving: 'items',
  checking: 'repeat',
  arranging: 'wait',
  recovering: 'recovery',
} as const;

/**
 * Why every unsettled task that does not run does not: in the order of the program, items after their node, compensations last.
 * Items that have not begun are told by their node alone. Empty once the execution has ended.
 */
export function blockedTasks(plan: Plan, state: ExecutionState): readonly BlockedTask[] {
  if (state.phase === 'finished') return [];
  const tasks = state.tasks.flatMap((task) => [task, ...(state.fanOuts.get(task.node)?.live.values() ?? [])]);
  return [...tasks, ...state.compensations.values()].flatMap((task) => {
    const blocked = isSettled(task.status) ? null : blockedBy(plan, state, task);
    return blocked === null ? [] : [{ taskId: taskId(plan, task), ...blocked }];
  });
}

function blockedBy(plan: Plan, state: ExecutionState, task: Task): Blocked | null {
  const { status, dueAtMs, event, attempt, error } = task;
  switch (status) {
    case 'running':
      return null;
    case 'pending':
    case 'fanned': {
      const on = status === 'fanned' ? liveItems(plan, state, task) : waitsFor(plan, state, task);
      // Who waits for nobody is withheld until there is a slot for it, or for its next items.
      return on.length > 0 ? { why: 'dependencies', on } : readyBut(plan, state);
    }
    case 'ready':
      return readyBut(plan, state);
    case 'queued':
      return { why: 'permits', for: permitsOf(plan, task) };
    case 'waiting':
      return {
        why: 'retry',
        dueAtMs: dueAtMs ?? 0,
        attempt: attempt + 1,
        ...(error !== null && { error: error.code }),
      };
    case 'awaiting':
      if (event === null) return { why: 'time', untilMs: dueAtMs ?? 0 };
      return { why: 'signal', event, ...(dueAtMs !== null && { untilMs: dueAtMs }) };
    case 'guarding':
    case 'resolving':
    case 'checking':
    case 'arranging':
    case 'recovering':
      return { why: 'host', asked: asked[status] };
    default:
      return null;
  }
}

function readyBut(plan: Plan, state: ExecutionState): Blocked {
  if (state.phase === 'paused') return { why: 'paused' };
  if (state.slots === 0) return { why: 'host', asked: 'lease' };
  return { why: 'slot', running: state.derived.running.size, slots: slotsOf(plan, state) };
}

function waitsFor(plan: Plan, state: ExecutionState, { node, item }: Task): readonly string[] {
  if (item !== compensationOfNode) {
    const open = (plan.dependencies[node] ?? []).flatMap((index) => state.tasks[index] ?? []);
    return open.filter(({ status }) => !isSettled(status)).map((task) => taskId(plan, task));
  }
  const later = descendants(plan, node);
  const open = [...state.compensations.values()].filter((other) => later.has(other.node) && !isSettled(other.status));
  return open.map((task) => taskId(plan, task));
}

/** Nodes that depend on this one, directly or not. */
function descendants(plan: Plan, node: number): ReadonlySet<number> {
  const found = new Set([node]);
  for (const index of plan.order) {
    if ((plan.dependencies[index] ?? []).some((dependency) => found.has(dependency))) found.add(index);
  }
  found.delete(node);
  return found;
}

function liveItems(plan: Plan, state: ExecutionState, { node }: Task): readonly string[] {
  return [...(state.fanOuts.get(node)?.live.values() ?? [])].map((item) => taskId(plan, item));
}

function permitsOf(plan: Plan, { node, item }: Task): Permits {
  const spec = item === compensationOfNode || item < nodeItself ? undefined : plan.nodes[node]?.spec;
  const { bulkhead, rateLimit, resources, breaker, module = '' } = spec ?? {};
  return {
    ...(bulkhead !== undefined && { bulkhead: bulkhead.key }),
    ...(rateLimit !== undefined && { rateLimit: rateLimit.key }),
    ...(resources !== undefined && { resources }),
    ...(breaker !== undefined && { breaker: breaker.key ?? module }),
  };
}
