import type { ExecutionEventType } from './command.ts';
import { compensationOfNode, type SettledStatus, type Task } from './task.ts';

const settledEvents: Readonly<Record<SettledStatus, ExecutionEventType>> = {
  succeeded: 'TASK_COMPLETED',
  failed: 'TASK_FAILED',
  skipped: 'TASK_SKIPPED',
  cancelled: 'TASK_CANCELLED',
};

/** The public event that tells how a task settled. */
export function told({ status, item }: Task, cached = false): ExecutionEventType {
  if (status === 'succeeded' && item === compensationOfNode) return 'TASK_COMPENSATED';
  if (status === 'succeeded' && cached) return 'TASK_CACHED';
  return settledEvents[status as SettledStatus];
}
