import { neededNodes } from '../plan/needed.ts';
import type { LeaseAcquired } from './event.ts';
import { takeOver } from './inherit.ts';
import { outstandingQuestions } from './outstanding.ts';
import { releaseAllPermits } from './permits.ts';
import { consider } from './propagate.ts';
import { newItemsIndex, rankOf } from './ready-index.ts';
import { inOrder, type Step } from './step.ts';
import { move } from './transitions.ts';

/**
 * A host has taken the execution. The first one sets the roots going. For a later one, attempts of the host before are
 * lost and start over as new attempts, and whatever else awaits an answer is asked again: a host needs no memory of its own.
 */
export function leaseAcquired(step: Step, event: LeaseAcquired): void {
  const { state } = step;
  if (event.epoch <= state.epoch) return;
  const isFirst = state.epoch === 0;
  state.epoch = event.epoch;
  state.slots = event.slots;
  state.recovers = event.recovers ?? [];
  state.derived.armedAtMs = null;
  if (state.phase === 'created') state.phase = 'running';
  if (isFirst) {
    if (state.options.lazy) skipUnneeded(step);
    takeOver(step);
    considerRoots(step);
    return;
  }
  step.publish('RECOVERY_INITIATED', { reason: `a host took over under epoch ${event.epoch}` });
  startOverRunning(step, 'its host was lost');
  offerNewItems(step);
  for (const question of outstandingQuestions(step.plan, state)) step.order(question);
}

function considerRoots(step: Step): void {
  for (const index of step.plan.order) {
    if (step.plan.dependencies[index]?.length === 0) consider(step, step.nodeTask(index));
  }
}

/** With other slots, more items may ask for their permits at once than under the host before. */
function offerNewItems({ plan, state }: Step): void {
  for (const node of state.fanOuts.keys()) {
    const planNode = plan.nodes[node];
    if (state.tasks[node]?.status === 'fanned' && planNode !== undefined)
      newItemsIndex(planNode, state).nodes.add(rankOf(state, node));
  }
}

/** Lazy evaluation: what no output needs is not run. */
function skipUnneeded(step: Step): void {
  const needed = neededNodes(step.plan);
  for (const task of step.state.tasks) {
    if (needed[task.node] === 0) move(step, task, 'skipped', { reason: 'no output needs it' });
  }
}

/** Every live attempt is lost: its task is ready again and the attempt does not count against its retries. */
export function startOverRunning(step: Step, reason: string): void {
  releaseAllPermits(step);
  for (const task of inOrder(step.state.derived.running)) {
    task.uncounted++;
    task.tries--;
    move(step, task, 'ready', { reason });
  }
}
