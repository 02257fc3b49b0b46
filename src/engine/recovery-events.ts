import type { Value } from '../program/value.ts';
import type { TaskStatus } from './task.ts';
import type { TaskRef } from './task-ref.ts';

/** The host's recovery strategies are others than before. */
export interface StrategiesChanged {
  readonly type: 'StrategiesChanged';
  readonly recovers: readonly string[];
}

/** A recovery strategy has answered. CHECKPOINT_RESTORE is answered by CheckpointRestored instead. */
export interface RecoveryDecided extends TaskRef {
  readonly type: 'RecoveryDecided';
  readonly action: 'RETRY' | 'SKIP' | 'FALLBACK' | 'ABORT';
  readonly message: string;
  /** What the strategies remember from now on. */
  readonly variables?: { readonly [name: string]: Value };
  /** States of other tasks that the strategy has changed; what has moved on in the meantime is passed over. */
  readonly tasks?: readonly TaskRewrite[];
}

/** A task that a recovery strategy wants in another state. */
export interface TaskRewrite extends TaskRef {
  readonly to: 'skipped' | 'ready';
}

/**
 * Of the moves of the transition table those that are a strategy's to make: what has not begun may be skipped, and what waits for its
 * next attempt may go at once. All others follow from what happens, and cannot be decreed.
 */
export function mayRewrite(from: TaskStatus, to: string): to is TaskRewrite['to'] {
  if (to === 'skipped') return from === 'pending' || from === 'guarding';
  return to === 'ready' && from === 'waiting';
}
