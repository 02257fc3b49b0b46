import type { ErrorData } from '../errors.ts';
import { hashRandom } from '../policy/jitter.ts';
import { decideRetry, resolveRetry } from '../policy/retry.ts';
import { retriesAllowed } from '../policy/retry-budget.ts';
import { hold } from './hold.ts';
import { isRecoverable } from './recoverable.ts';
import type { Step } from './step.ts';
import { compensationOfNode, type Task } from './task.ts';
import { move } from './transitions.ts';

/** What follows a failed attempt: another attempt while the policy and the budget allow, else {@link giveUp}. */
export function failAttempt(step: Step, task: Task, error: ErrorData, retryAfterMs?: number): void {
  const { state } = step;
  if (!task.fallback) {
    const random = hashRandom(state.seed, task.node, task.item, task.attempt, state.generation);
    const policy = resolveRetry(step.node(task.node).retry);
    const decision = decideRetry(policy, error, task.attempt - task.uncounted, random, retryAfterMs);
    if (decision.retry) {
      if (state.retries < retriesAllowed(step.plan.program.limits?.retryBudget, state.attempts)) {
        move(step, task, 'waiting', { error, dueAtMs: step.atMs + decision.delayMs });
        return;
      }
      giveUp(step, task, spent(error, state.retries));
      return;
    }
  }
  giveUp(step, task, error);
}

function spent(error: ErrorData, retries: number): ErrorData {
  return {
    ...error,
    code: 'RETRY_BUDGET_SPENT',
    message: `${error.message} (${error.code}), and the execution has used up its budget with ${retries} retries`,
    hint: 'raise limits.retryBudget, or look at what fails so often',
  };
}

/** No more retries: a recovery strategy, the fallback, a pause, or the end of the task. */
export function giveUp(step: Step, task: Task, error: ErrorData): void {
  if (isRecoverable(step, task, error)) move(step, task, 'recovering', { error });
  else if (!fallBack(step, task, error)) failForGood(step, task, error);
}

/** @returns false when there is nothing to fall back on */
export function fallBack(step: Step, task: Task, error: ErrorData): boolean {
  if (task.fallback || task.item === compensationOfNode || !step.node(task.node).hasFallback) return false;
  task.fallback = true;
  move(step, task, 'ready', { error, reason: 'its fallback takes over' });
  return true;
}

export function failForGood(step: Step, task: Task, error: ErrorData): void {
  if (!hold(step, task, error)) move(step, task, 'failed', { error });
}
