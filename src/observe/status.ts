import type { ExecutionState } from '../engine/state.ts';

/** The public status of an execution. A pause shows at once; the end shows when it is recorded. */
export const ExecutionStatus = {
  PENDING: 'PENDING',
  RUNNING: 'RUNNING',
  PAUSED: 'PAUSED',
  COMPLETED: 'COMPLETED',
  FAILED: 'FAILED',
  CANCELLED: 'CANCELLED',
} as const;
export type ExecutionStatus = keyof typeof ExecutionStatus;

export function statusOf({ phase, finished }: ExecutionState): ExecutionStatus {
  if (finished !== null) return finished.status;
  if (phase === 'created') return 'PENDING';
  return phase === 'paused' ? 'PAUSED' : 'RUNNING';
}

export function isTerminal(status: ExecutionStatus): boolean {
  return status === 'COMPLETED' || status === 'FAILED' || status === 'CANCELLED';
}
