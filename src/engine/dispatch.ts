import type { Plan } from '../plan/plan.ts';
import { strategies, strategyDefault } from '../plan/strategy.ts';
import { hasItemToStart, takeItem } from './fan-out.ts';
import type { ExecutionState } from './state.ts';
import type { Step } from './step.ts';
import { move } from './transitions.ts';

/**
 * Starts ready tasks, best rank first, while slots are free. Nothing waits for a level: a task starts as soon as its own
 * dependencies and a slot are there. Items of a forEach node come into being only here.
 */
export function dispatch(step: Step): void {
  const { state } = step;
  if (state.phase !== 'running') return;
  const { derived } = state;
  const slots = slotsOf(step.plan, state);
  while (derived.running.size < slots) {
    const rank = derived.ready.first();
    if (rank < 0) return;
    const node = derived.ranking.nodeAt[rank] ?? 0;
    const task = step.nodeTask(node);
    if (task.status === 'ready') move(step, task, 'running');
    else if (hasItemToStart(step, node)) move(step, takeItem(step, node), 'running');
    else derived.ready.delete(rank);
  }
}

/** Attempts that may run at once: the least of what the host, the program, the execution and the strategy allow. */
export function slotsOf(plan: Plan, { options, slots }: ExecutionState): number {
  const { limits, strategy } = plan.program;
  const row = strategies[options.strategy ?? strategy ?? strategyDefault];
  return Math.min(slots, options.concurrency ?? limits?.concurrency ?? Number.POSITIVE_INFINITY, row.slotsMax);
}
