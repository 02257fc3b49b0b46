import type { ErrorData } from '../errors.ts';
import type { RecoveryDecided } from './event.ts';
import { failForGood, fallBack } from './failure.ts';
import { compensationOfNode, type Task } from './state.ts';
import { findTask, inOrder, type Step } from './step.ts';
import { move } from './transitions.ts';
import { failureOf, windDown } from './wind-down.ts';

/** A strategy that never gives up must not keep an execution alive for ever. */
export const recoveriesMax = 100;

export function isRecoverable({ state }: Step, task: Task, error: ErrorData): boolean {
  if (task.item === compensationOfNode || state.verdict !== null) return false;
  if (task.recoveries >= recoveriesMax || state.restores >= recoveriesMax) return false;
  return state.recovers.includes(error.code) || state.recovers.includes('*');
}

/** A recovery strategy has decided about a task whose policy was spent. */
export function recoveryDecided(step: Step, event: RecoveryDecided): void {
  const task = findTask(step.plan, step.state, event);
  if (task?.status !== 'recovering') return;
  if (event.variables !== undefined) step.state.variables = event.variables;
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

/** A strategy that sets the execution back time and again is not asked any more: what it was asked about falls back or fails. */
export function giveUpRecoveries(step: Step): void {
  if (step.state.restores < recoveriesMax) return;
  for (const task of inOrder(step.state.derived.asking)) {
    if (task.status !== 'recovering') continue;
    const error = task.error ?? { code: 'MODULE_FAILED', message: 'failed without an error' };
    if (!fallBack(step, task, error)) failForGood(step, task, error);
  }
}
