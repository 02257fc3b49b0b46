import { earlier } from './deadlines.ts';
import type { ExecutionState } from './state.ts';

/** When the execution next has to be woken if nothing else happens; null: never. */
export function earliestDeadline(state: ExecutionState): number | null {
  if (state.phase === 'finished' || state.phase === 'finishing') return null;
  return earlier(state.derived.deadlines.earliest(), earlier(state.deadlineAtMs, state.graceUntilMs));
}
