import type { Plan } from '../plan/plan.ts';
import { type ExecutionState, termOf } from './state.ts';
import { taskRef } from './step.ts';
import type { Task, TaskStatus } from './task.ts';

/** What the host is asked in each status that waits for its answer. */
const questions = {
  guarding: 'EvaluateGuard',
  resolving: 'ResolveItems',
  queued: 'AcquirePermits',
  checking: 'EvaluateRepeat',
  arranging: 'ArrangeWait',
  recovering: 'AskRecovery',
} as const;

export function isAsking(status: TaskStatus): status is keyof typeof questions {
  return status in questions;
}

/** The order that asks the host what a task in that status waits for. */
export function questionOf({ plan, state }: { readonly plan: Plan; readonly state: ExecutionState }, task: Task) {
  const ref = taskRef(plan, task);
  const type = questions[task.status as keyof typeof questions];
  if (type === 'ResolveItems') return { type, node: ref.node };
  if (type === 'AcquirePermits') return { type, ...ref, epoch: termOf(state) };
  if (type === 'AskRecovery') return { type, ...ref, error: task.error ?? { code: 'MODULE_FAILED', message: '' } };
  return { type, ...ref };
}
