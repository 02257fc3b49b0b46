import { failForGood, fallBack } from './failure.ts';
import { recoveriesMax } from './recoverable.ts';
import { mayRewrite, type RecoveryDecided, type TaskRewrite } from './recovery-events.ts';
import { findTask, inOrder, type Step } from './step.ts';
import { nodeItself } from './task.ts';
import { move } from './transitions.ts';
import { failureOf, windDown } from './wind-down.ts';

/** A recovery strategy has decided about a task whose policy was spent. */
export function recoveryDecided(step: Step, event: RecoveryDecided): void {
  const task = findTask(step.plan, step.state, event);
  if (task?.status !== 'recovering') return;
  if (event.variables !== undefined) step.state.variables = event.variables;
  for (const rewrite of event.tasks ?? []) rewriteTask(step, rewrite, event.message);
  const error = task.error ?? { code: 'MODULE_FAILED', message: 'failed without an error' };
  const { message } = event;
  switch (event.action) {
    case 'RETRY':
      task.uncounted = task.attempt;
      return move(step, task, 'ready', { error, reason: message });
    case 'SKIP':
      return move(step, task, 'skipped', { error, reason: message });
    case 'FALLBACK':
      if (!fallBack(step, task, error)) failForGood(step, task, error);
      return;
    case 'ABORT':
      move(step, task, 'failed', { error });
      return windDown(step, { status: 'FAILED', error: failureOf(step, task) });
  }
}

/** What the strategy saw may have moved on since: then it stays as it is. */
function rewriteTask(step: Step, rewrite: TaskRewrite, message: string): void {
  const task = findTask(step.plan, step.state, rewrite);
  if (task === undefined || step.state.verdict !== null || !mayRewrite(task.status, rewrite.to)) return;
  // An item that never started is no task yet.
  if (rewrite.to === 'skipped' && task.item !== nodeItself) return;
  move(step, task, rewrite.to, { reason: message });
}

/** A strategy that sets the execution back time and again is not asked any more: what it was asked about falls back or fails. */
export function giveUpRecoveries(step: Step): void {
  if (step.state.restores < recoveriesMax) return;
  for (const task of inOrder(step.state.derived.asking)) {
    if (task.status !== 'recovering') continue;
    const error = task.error ?? { code: 'MODULE_FAILED', message: 'failed without an error' };
    if (!fallBack(step, task, error)) failForGood(step, task, error);
  }
}
