import type { ErrorData } from '../errors.ts';
import { hashRandom } from '../policy/jitter.ts';
import { decideRetry, resolveRetry } from '../policy/retry.ts';
import type { AttemptFailed, AttemptRef, AttemptSucceeded } from './event.ts';
import type { Task } from './state.ts';
import { attemptRef, findTask, type Step, taskId } from './step.ts';
import { move } from './transitions.ts';

export function attemptSucceeded(step: Step, event: AttemptSucceeded): void {
  const task = currentTask(step, event);
  if (task !== undefined) move(step, task, 'succeeded', { output: event.output });
}

export function attemptFailed(step: Step, event: AttemptFailed): void {
  const task = currentTask(step, event);
  if (task !== undefined) failAttempt(step, task, event.error, event.retryAfterMs);
}

/** The attempt ran into its deadline: it is given up, whatever it may still answer. */
export function attemptTimedOut(step: Step, task: Task): void {
  const { timeoutMs } = step.node(task.node);
  const error: ErrorData = {
    code: 'TIMEOUT',
    message: `attempt ${task.attempt} of ${taskId(step.plan, task)} took longer than ${timeoutMs} ms`,
    hint: 'raise timeoutMs of the node, or make the module answer sooner',
    retryable: true,
  };
  step.order({ type: 'AbortAttempt', ...attemptRef(step.plan, task), reason: error });
  step.publish('TASK_TIMED_OUT', { taskId: taskId(step.plan, task), attempt: task.attempt, error });
  failAttempt(step, task, error);
}

/** Fencing: only the answer of the attempt that is live now counts; any other is told and changes nothing. */
function currentTask(step: Step, event: AttemptRef): Task | undefined {
  const task = findTask(step.plan, step.state, event);
  if (task?.status === 'running' && task.attempt === event.attempt && task.epoch === event.epoch) return task;
  const node = step.plan.indexOf.get(event.node) ?? -1;
  step.publish('LATE_RESULT', { taskId: taskId(step.plan, { node, item: event.item ?? -1 }), attempt: event.attempt });
  return undefined;
}

/** Another attempt, the fallback, or the end of the task. */
function failAttempt(step: Step, task: Task, error: ErrorData, retryAfterMs?: number): void {
  const { state } = step;
  const node = step.node(task.node);
  if (!task.fallback) {
    const random = hashRandom(state.seed, task.node, task.item, task.attempt, state.generation);
    const decision = decideRetry(resolveRetry(node.retry), error, task.attempt - task.lost, random, retryAfterMs);
    if (decision.retry) {
      move(step, task, 'waiting', { error, dueAtMs: step.atMs + decision.delayMs });
      return;
    }
    if (node.hasFallback) {
      task.fallback = true;
      move(step, task, 'ready', { error, reason: 'its fallback takes over' });
      return;
    }
  }
  move(step, task, 'failed', { error });
}
