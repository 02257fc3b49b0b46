import type { Program } from '../../program/program.ts';
import type { Resource } from '../gates/resource.ts';
import type { CheckpointState } from '../view/checkpoint-view.ts';
import type { ExecutionError } from '../view/execution-view.ts';

export const RecoveryAction = {
  RETRY: 'RETRY',
  SKIP: 'SKIP',
  FALLBACK: 'FALLBACK',
  ABORT: 'ABORT',
  CHECKPOINT_RESTORE: 'CHECKPOINT_RESTORE',
} as const;
export type RecoveryAction = keyof typeof RecoveryAction;

export interface RecoveryContext {
  readonly executionId: string;
  readonly error: ExecutionError;
  /** `variables` is a copy the strategy may change and give back in `newState`; it outlives restarts. */
  readonly state: CheckpointState;
  readonly plan: Program;
  /** What the tasks of the execution hold. */
  readonly resources: readonly Pick<Resource, 'id' | 'type' | 'amount'>[];
}

export interface RecoveryResult {
  /** False: not recovered. The task falls back or fails, unless the action is ABORT. */
  readonly success: boolean;
  readonly action: RecoveryAction;
  /**
   * What is to be remembered, and the states of tasks: `pending` may become `skipped`, and `waiting`, for its next attempt, `ready`.
   * A state that no task can be taken to is no recovery.
   */
  readonly newState?: Pick<CheckpointState, 'variables'> & Partial<Pick<CheckpointState, 'taskStates'>>;
  readonly message: string;
}

/** Asked when the retries of a task are spent, before its fallback. */
export interface RecoveryStrategy {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Codes of errors; `*` stands for every one. */
  readonly applicableErrors: readonly string[];
  execute(context: RecoveryContext): Promise<RecoveryResult>;
}
