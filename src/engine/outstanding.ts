import type { Plan } from '../plan/plan.ts';
import type { Command } from './command.ts';
import { finishOrder } from './conclude.ts';
import { earliestDeadline } from './deadlines.ts';
import type { ExecutionState } from './state.ts';
import { attemptRef, nodeTask, taskRef } from './step.ts';

/**
 * What must be in flight now, from the state alone: everything ordered and not yet answered. A host that executes this
 * has recovered; there is no other recovery.
 */
export function outstanding(plan: Plan, state: ExecutionState): readonly Command[] {
  const attempts = [...state.derived.running]
    .sort((a, b) => a.node - b.node || a.item - b.item)
    .map((task): Command => ({ type: 'StartAttempt', ...attemptRef(plan, task), fallback: task.fallback }));
  const atMs = earliestDeadline(state);
  const wake: readonly Command[] = atMs === null ? [] : [{ type: 'WakeAt', atMs }];
  return [...attempts, ...outstandingQuestions(plan, state), ...wake];
}

/** The part of it that is neither an attempt nor the wake-up. */
export function outstandingQuestions(plan: Plan, state: ExecutionState): readonly Command[] {
  const questions: Command[] = [...state.derived.asking]
    .sort((a, b) => a - b)
    .map((index) => nodeTask(state, index))
    .map((task) =>
      task.status === 'guarding'
        ? { type: 'EvaluateGuard', ...taskRef(plan, task) }
        : { type: 'ResolveItems', ...taskRef(plan, task) },
    );
  for (const checkpointId of state.checkpointsDue) questions.push({ type: 'SaveCheckpoint', checkpointId });
  if (state.phase === 'finishing') questions.push(finishOrder(state));
  return questions;
}
