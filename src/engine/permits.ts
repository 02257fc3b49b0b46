import type { ReleasePermits } from './command.ts';
import type { PermitsGranted, PermitsRefused } from './event.ts';
import { readyIndexOf } from './ready-index.ts';
import { termOf } from './state.ts';
import { findTask, inOrder, type Step, taskId, taskRef } from './step.ts';
import type { Task, TaskStatus } from './task.ts';

/**
 * Permits a host grants: places behind bulkheads, resources, tokens of a rate. Which task holds some is part of the state,
 * how many are taken is never counted: it follows from the tasks that hold them.
 */
export function permitsGranted(step: Step, event: PermitsGranted): Task | undefined {
  const task = queuedTask(step, event);
  if (task === undefined) return undefined;
  task.granted = true;
  step.state.derived.granted.add(task);
  tellResources(step, task, 'RESOURCE_ALLOCATED');
  return task;
}

/** The task if it still waits for permits of this host; a grant to one that does not has been taken back already. */
export function queuedTask(step: Step, event: PermitsGranted | PermitsRefused): Task | undefined {
  const task = findTask(step.plan, step.state, event);
  return task?.status === 'queued' && event.epoch === termOf(step.state) ? task : undefined;
}

/** Gives permits back when a task moves on without them, or stops asking for them. */
export function releasePermits(step: Step, task: Task, from: TaskStatus, to: TaskStatus): void {
  if (from === 'queued' && to !== 'ready') release(step, task, 'abandoned');
  else if (task.granted && from === 'running') release(step, task, outcomeOf(to));
  else if (task.granted && from === 'ready' && to !== 'running') release(step, task, 'abandoned');
}

/** Everything asked for or held goes back: the execution is set back, or handed to another host. */
export function releaseAllPermits(step: Step): void {
  const { asking, granted } = step.state.derived;
  for (const task of inOrder([...asking].filter(({ status }) => status === 'queued'))) release(step, task, 'abandoned');
  for (const task of inOrder(granted)) {
    const ready = task.status === 'ready';
    if (ready) readyIndexOf(step.node(task.node), step.state, task).delete(step.state, task);
    release(step, task, 'abandoned');
    if (ready) readyIndexOf(step.node(task.node), step.state, task).add(step.state, task);
  }
}

/** What the circuit breaker is to learn: the end of an attempt by its host or by a cancel says nothing about the module. */
function outcomeOf(to: TaskStatus): ReleasePermits['outcome'] {
  if (to === 'succeeded' || to === 'checking') return 'succeeded';
  return to === 'cancelled' ? 'abandoned' : 'failed';
}

function release(step: Step, task: Task, outcome: ReleasePermits['outcome']): void {
  if (task.granted) tellResources(step, task, 'RESOURCE_RELEASED');
  task.granted = false;
  step.state.derived.granted.delete(task);
  step.order({ type: 'ReleasePermits', ...taskRef(step.plan, task), outcome });
}

function tellResources(step: Step, task: Task, type: 'RESOURCE_ALLOCATED' | 'RESOURCE_RELEASED'): void {
  const { resources } = step.node(task.node).spec;
  if (resources !== undefined) step.publish(type, { taskId: taskId(step.plan, task), resources });
}
