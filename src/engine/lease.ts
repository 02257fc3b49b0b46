import type { LeaseAcquired } from './event.ts';
import { outstandingQuestions } from './outstanding.ts';
import { consider } from './propagate.ts';
import type { Task } from './state.ts';
import type { Step } from './step.ts';
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
  state.derived.armedAtMs = null;
  if (state.phase === 'created') state.phase = 'running';
  if (isFirst) {
    considerRoots(step);
    return;
  }
  step.publish('RECOVERY_INITIATED', { reason: `a host took over under epoch ${event.epoch}` });
  startOverRunning(step, 'its host was lost');
  for (const question of outstandingQuestions(step.plan, state)) step.order(question);
}

function considerRoots(step: Step): void {
  for (const index of step.plan.order) {
    if (step.plan.dependencies[index]?.length === 0) consider(step, step.nodeTask(index));
  }
}

/** Every live attempt is lost: its task is ready again and the attempt does not count against its retries. */
export function startOverRunning(step: Step, reason: string): void {
  for (const task of inOrder(step.state.derived.running)) {
    task.lost++;
    move(step, task, 'ready', { reason });
  }
}

/** By node, then item: a set's own order depends on history, which a checkpoint does not keep. */
function inOrder(tasks: ReadonlySet<Task>): readonly Task[] {
  return [...tasks].sort((a, b) => a.node - b.node || a.item - b.item);
}
