import type { ErrorData } from '../errors.ts';
import type { AttemptFailed, AttemptSucceeded, HeartbeatReceived, PermitsRefused } from './event.ts';
import { failAttempt } from './failure.ts';
import { queuedTask } from './permits.ts';
import { attemptRef, findTask, type Step, taskId } from './step.ts';
import type { Task } from './task.ts';
import type { AttemptRef } from './task-ref.ts';
import { itemOf } from './task-ref.ts';
import { move, setAttemptDeadline } from './transitions.ts';
import type { UsageReported } from './usage.ts';

export function attemptSucceeded(step: Step, event: AttemptSucceeded): void {
  const task = currentTask(step, event);
  if (task === undefined) return;
  const { output, cached = false } = event;
  step.state.checkpointBytes += event.bytes ?? 0;
  const { iterationsMax } = step.node(task.node);
  const mayRepeat = task.item >= -1 && !task.fallback && task.iteration + 1 < iterationsMax;
  move(step, task, mayRepeat ? 'checking' : 'succeeded', { output, cached });
}

export function attemptFailed(step: Step, event: AttemptFailed): void {
  const task = currentTask(step, event);
  if (task !== undefined) failAttempt(step, task, event.error, event.retryAfterMs);
}

export function heartbeatReceived(step: Step, event: HeartbeatReceived): void {
  const task = findTask(step.plan, step.state, event);
  if (isCurrent(task, event)) setAttemptDeadline(step, task);
}

/** The reason of a TASK_USAGE that sums up those of a sub-program. */
export const subProgramTold = 'its sub-program used it';

/** Told of late attempts too: what was paid for stays paid for. */
export function usageReported(step: Step, event: UsageReported): void {
  const node = step.plan.indexOf.get(event.node) ?? -1;
  const task = taskId(step.plan, { node, item: itemOf(event) });
  // Its tasks have told it in their own execution already: who adds up executions must not count it twice.
  const told = step.plan.nodes[node]?.kind === 'program' ? { reason: subProgramTold } : {};
  step.publish('TASK_USAGE', { taskId: task, attempt: event.attempt, usage: event.usage, ...told });
}

/** The host would not let the task start: as good as a failed attempt, but nothing has run. */
export function permitsRefused(step: Step, event: PermitsRefused): void {
  const task = queuedTask(step, event);
  if (task === undefined) return;
  task.attempt++;
  failAttempt(step, task, event.error, event.retryAfterMs);
}

/** The attempt ran into its deadline: it is given up, whatever it may still answer. */
export function attemptTimedOut(step: Step, task: Task): void {
  const error = overdue(step, task);
  step.order({ type: 'AbortAttempt', ...attemptRef(step.plan, task), reason: error });
  step.publish('TASK_TIMED_OUT', { taskId: taskId(step.plan, task), attempt: task.attempt, error });
  failAttempt(step, task, error);
}

function overdue(step: Step, task: Task): ErrorData {
  const { timeoutMs, idleTimeoutMs } = step.node(task.node);
  const attempt = `attempt ${task.attempt} of ${taskId(step.plan, task)}`;
  if (task.timeoutAtMs === null || task.timeoutAtMs > step.atMs) {
    return {
      code: 'IDLE_TIMEOUT',
      message: `${attempt} gave no sign of life for ${idleTimeoutMs} ms`,
      hint: 'call ctx.heartbeat(), progress() or emit() more often, or raise idleTimeoutMs of the node',
      retryable: true,
    };
  }
  return {
    code: 'TIMEOUT',
    message: `${attempt} took longer than ${timeoutMs} ms`,
    hint: 'raise timeoutMs of the node, or make the module answer sooner',
    retryable: true,
  };
}

/** Fencing: only the answer of the attempt that is live now counts; any other is told and changes nothing. */
function currentTask(step: Step, event: AttemptRef): Task | undefined {
  const task = findTask(step.plan, step.state, event);
  if (isCurrent(task, event)) return task;
  const node = step.plan.indexOf.get(event.node) ?? -1;
  step.publish('LATE_RESULT', { taskId: taskId(step.plan, { node, item: itemOf(event) }), attempt: event.attempt });
  return undefined;
}

function isCurrent(task: Task | undefined, event: AttemptRef): task is Task {
  return task?.status === 'running' && task.attempt === event.attempt && task.epoch === event.epoch;
}
