import type { FinishExecution } from './command.ts';
import type { ExecutionFinished } from './event.ts';
import type { ExecutionState } from './state.ts';
import { attemptRef, type Step } from './step.ts';

/** Orders the end once every node has settled. */
export function concludeIfDone(step: Step): void {
  const { state } = step;
  if (state.phase === 'finishing' || state.phase === 'finished' || state.derived.open > 0) return;
  state.phase = 'finishing';
  step.order(finishOrder(state));
}

/** How the execution ends, told by its verdict. */
export function finishOrder({ verdict }: ExecutionState): FinishExecution {
  return verdict === null
    ? { type: 'FinishExecution', status: 'COMPLETED' }
    : { type: 'FinishExecution', status: verdict.status, error: verdict.error };
}

const told = {
  COMPLETED: 'EXECUTION_COMPLETED',
  FAILED: 'EXECUTION_FAILED',
  CANCELLED: 'EXECUTION_CANCELLED',
} as const;

/** The end is recorded. It normally answers FinishExecution, but a host that found the state broken may record it at any time. */
export function finished(step: Step, event: ExecutionFinished): void {
  const { state } = step;
  for (const task of state.derived.running) {
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
