import type { Plan } from '../plan/plan.ts';
import type { Command } from './command.ts';
import { finishOrder } from './conclude.ts';
import { earliestDeadline } from './next-wake.ts';
import { questionOf } from './question.ts';
import type { ExecutionState } from './state.ts';
import { inOrder, startOrder } from './step.ts';

/**
 * What must be in flight now, from the state alone: everything ordered and not yet answered. A host that executes this
 * has recovered; there is no other recovery.
 */
export function outstanding(plan: Plan, state: ExecutionState): readonly Command[] {
  const attempts = inOrder(state.derived.running).map((task): Command => startOrder(plan, task));
  const atMs = earliestDeadline(state);
  const wake: readonly Command[] = atMs === null ? [] : [{ type: 'WakeAt', atMs }];
  return [...attempts, ...outstandingQuestions(plan, state), ...wake];
}

/** The part of it that is neither an attempt nor the wake-up. */
export function outstandingQuestions(plan: Plan, state: ExecutionState): readonly Command[] {
  const questions: Command[] = inOrder(state.derived.asking).map((task) => questionOf({ plan, state }, task));
  for (const checkpointId of state.checkpointsDue) questions.push({ type: 'SaveCheckpoint', checkpointId });
  if (state.phase === 'finishing') questions.push(finishOrder(plan, state));
  return questions;
}
