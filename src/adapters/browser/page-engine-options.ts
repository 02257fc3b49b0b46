import type { ExecutionHandle } from '../../host/execution-engine.ts';
import type { Home } from '../../host/home.ts';
import type { StorageHealth } from './storage-health.ts';
import type { TabLeaseKeeper } from './tab-lease-keeper.ts';

export interface PageEngineOptions {
  readonly home: Omit<Home, 'leases'>;
  readonly leases: TabLeaseKeeper;
  readonly health: StorageHealth;
  /** Of the channel between the tabs. */
  readonly name: string;
  /** Told of every execution that this tab goes on with though it did not start it: on load, and when another tab has gone. */
  readonly tookUp?: ((handle: ExecutionHandle) => void) | undefined;
  /** Something of an execution may have changed: what is saved of it, or who drives it. */
  readonly changed?: ((executionId: string) => void) | undefined;
  /** Closes the storage. */
  readonly closed: () => Promise<void>;
}
