import type { CheckpointRestored } from '../../engine/event.ts';
import type { Gatekeeper } from '../gates/gatekeeper.ts';
import type { RecoveryStrategies } from '../recover/recovery-strategies.ts';
import type { Children } from '../run/children.ts';
import type { ResultCache } from '../run/result-cache.ts';

/** What the executions of a host share. */
export interface Services {
  readonly gatekeeper: Gatekeeper;
  readonly cache: ResultCache;
  readonly children: Children;
  readonly strategies: RecoveryStrategies;
  /** The event that sets the execution back to its latest checkpoint, if it has one. */
  readonly latestCheckpoint: (executionId: string, epoch: number) => Promise<CheckpointRestored | undefined>;
}
