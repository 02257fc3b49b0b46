import type { Plan } from '../plan/plan.ts';
import { strategies } from '../plan/strategy.ts';
import { hasItemToStart, takeItem } from './fan-out.ts';
import type { ReadyIndex } from './ready-index.ts';
import type { ExecutionState } from './state.ts';
import type { Step } from './step.ts';
import type { Task } from './task.ts';
import { move } from './transitions.ts';

/**
 * Starts ready tasks, best rank first: those that need no slot at once (waits begin, permits are asked for), the others
 * while slots are free. Nothing waits for a level: a task starts as soon as its own dependencies and a slot are there.
 * Items of a forEach node come into being only here.
 */
export function dispatch(step: Step): void {
  const { state } = step;
  if (!maySend(state)) return;
  const { derived } = state;
  for (let task = next(step, derived.unslotted); task !== undefined; task = next(step, derived.unslotted)) {
    move(step, task, step.node(task.node).kind === 'wait' ? 'arranging' : 'queued');
  }
  const slots = slotsOf(step.plan, state);
  while (derived.running.size < slots) {
    const task = next(step, derived.ready);
    if (task === undefined) return;
    move(step, task, 'running');
  }
}

/** Whether anything may start at all: not while it is paused, and not in the grace of a cancel. */
function maySend({ phase, graceUntilMs }: ExecutionState): boolean {
  return (phase === 'running' || phase === 'compensating') && graceUntilMs === null;
}

function next(step: Step, index: ReadyIndex): Task | undefined {
  const { state } = step;
  for (let rank = index.nodes.first(); rank >= 0; rank = index.nodes.first()) {
    const node = state.derived.ranking.nodeAt[rank] ?? 0;
    const task = state.compensations.get(node) ?? step.nodeTask(node);
    if (task.status === 'ready') return task;
    if (hasItemToStart(step, node, index)) return takeItem(step, node, index);
    index.nodes.delete(rank);
  }
  return undefined;
}

/** Attempts that may run at once: the least of what the host, the program, the execution and the strategy allow. */
export function slotsOf(plan: Plan, { options, slots }: ExecutionState): number {
  const { limits } = plan.program;
  const row = strategies[options.strategy ?? plan.strategy.strategy];
  return Math.min(slots, options.concurrency ?? limits?.concurrency ?? Number.POSITIVE_INFINITY, row.slotsMax);
}
