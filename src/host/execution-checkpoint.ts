import type { Value } from '../program/value.ts';

export interface ExecutionCheckpoint {
  readonly id: string;
  readonly executionId: string;
  readonly timestamp: Date;
  readonly state: CheckpointState;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** A checkpoint as people read it; the engine restores from the stored one. */
export interface CheckpointState {
  readonly currentTaskId?: string;
  readonly completedTasks: readonly string[];
  readonly taskStates: ReadonlyMap<string, { readonly status: string; readonly attempt: number }>;
  readonly resourceAllocations: ReadonlyMap<string, unknown>;
  /** What recovery strategies remember. */
  readonly variables: Map<string, Value>;
}
