import type { ErrorData } from '../errors.ts';
import type { Step } from './step.ts';
import { compensationOfNode, type Task } from './task.ts';

/** A strategy that never gives up must not keep an execution alive for ever. */
export const recoveriesMax = 100;

/** Whether a recovery strategy of the host is asked about a task that failed for good. */
export function isRecoverable({ state }: Step, task: Task, error: ErrorData): boolean {
  if (task.item === compensationOfNode || state.verdict !== null) return false;
  if (task.recoveries >= recoveriesMax || state.restores >= recoveriesMax) return false;
  return state.recovers.includes(error.code) || state.recovers.includes('*');
}
