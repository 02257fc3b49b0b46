import type { Plan } from '../plan/plan.ts';
import type { FinishExecution } from './command.ts';
import { beginCompensation, withCompensations } from './compensate.ts';
import type { ExecutionFinished } from './event.ts';
import type { ExecutionState } from './state.ts';
import { attemptRef, inOrder, type Step } from './step.ts';

/** Orders the end once every node has settled, and what has to be undone is undone. @returns whether there is more to dispatch */
export function concludeIfDone(step: Step): boolean {
  const { state } = step;
  if (state.phase === 'finishing' || state.phase === 'finished' || state.derived.open > 0) return false;
  const begun = state.phase === 'compensating';
  if (beginCompensation(step)) return !begun;
  state.phase = 'finishing';
  step.order(finishOrder(step.plan, state));
  return false;
}

/** How the execution ends, told by its verdict. */
export function finishOrder(plan: Plan, state: ExecutionState): FinishExecution {
  const { verdict } = state;
  if (verdict === null) return { type: 'FinishExecution', status: 'COMPLETED' };
  const error = withCompensations(plan, state, verdict.error);
  return { type: 'FinishExecution', status: verdict.status, error };
}

const told = {
  COMPLETED: 'EXECUTION_COMPLETED',
  FAILED: 'EXECUTION_FAILED',
  CANCELLED: 'EXECUTION_CANCELLED',
} as const;

/** The end is recorded. It normally answers FinishExecution, but a host that found the state broken may record it at any time. */
export function finished(step: Step, event: ExecutionFinished): void {
  const { state } = step;
  for (const task of inOrder(state.derived.running)) {
    const reason = event.error ?? { code: 'ABORTED', message: 'the execution ended' };
    step.order({ type: 'AbortAttempt', ...attemptRef(step.plan, task), reason });
  }
  state.derived.running.clear();
  state.phase = 'finished';
  state.finished = {
    status: event.status,
    atMs: step.atMs,
    ...(event.result !== undefined && { result: event.result }),
    ...(event.error !== undefined && { error: event.error }),
  };
  step.publish(told[event.status], {
    ...(event.result !== undefined && { output: event.result }),
    ...(event.error !== undefined && { error: event.error }),
  });
}
