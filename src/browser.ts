/**
 * heddle/browser: the engine in a page. Executions live in IndexedDB, modules run in Web Workers, one tab drives each
 * execution, and what was unfinished goes on when the page is loaded again.
 *
 * ```ts
 * const { engine, resumed } = await createEngine({ modules, createWorker: () => new Worker('worker.js', { type: 'module' }) });
 * ```
 */
import { IdbArtifactStore } from './adapters/browser/idb-artifact-store.ts';
import { IdbConnection } from './adapters/browser/idb-connection.ts';
import { IdbJournalStore } from './adapters/browser/idb-journal-store.ts';
import { IdbRecordStore } from './adapters/browser/idb-record-store.ts';
import { loadKernel } from './adapters/browser/load-kernel.ts';
import { PageEngine } from './adapters/browser/page-engine.ts';
import { persist } from './adapters/browser/persist.ts';
import type { StorageStatus } from './adapters/browser/storage-health.ts';
import { TabLeaseKeeper } from './adapters/browser/tab-lease-keeper.ts';
import { WebLockLeaseKeeper } from './adapters/browser/web-lock-lease-keeper.ts';
import { WorkerPoolRunner } from './adapters/browser/worker-pool-runner.ts';
import { CryptoRandom } from './adapters/memory/crypto-random.ts';
import { TimerClock } from './adapters/memory/timer-clock.ts';
import type { ExecutionHandle, ProgramSource } from './host/execution-engine.ts';
import { type AnyModule, ModuleRegistry } from './host/registry.ts';
import type { ResourceOptions } from './host/resource.ts';
import { ResourceManager } from './host/resource-manager.ts';
import { checkRetention, type RetentionPolicy } from './host/retention.ts';
import type { GraphKernel } from './kernel/kernel.ts';
import type { LogSink } from './ports/log.ts';

export { exposeModules } from './adapters/browser/expose-modules.ts';
export type { PageEngine } from './adapters/browser/page-engine.ts';
export type { StorageStatus } from './adapters/browser/storage-health.ts';

export interface BrowserEngineOptions {
  /** The same modules that the worker script exposes: here for their names and schemas. */
  readonly modules: readonly AnyModule[];
  readonly createWorker: () => Worker;
  readonly workers?: number;
  /** Default `kernel.wasm` beside this script. */
  readonly kernelUrl?: URL | string;
  readonly databaseName?: string;
  /** Programs that can be executed by name, and that others may run as sub-programs by name. */
  readonly programs?: { readonly [name: string]: ProgramSource };
  /** What tasks with `resources` share; without it, programs that ask for any are refused. */
  readonly resources?: ResourceOptions;
  /** Told whenever the storage begins to fail or works again, also while the engine is being made. */
  readonly onStorageChange?: (status: StorageStatus) => void;
  /** Told of executions that this tab goes on with later than on load: another tab has gone, or the storage works again. */
  readonly onResumed?: (handle: ExecutionHandle) => void;
  /** Where the log goes, one line at a time; default: nowhere. */
  readonly log?: LogSink;
  /** Which ended executions are kept; default: all, until they are deleted. */
  readonly retention?: RetentionPolicy;
}

export interface BrowserEngine {
  /** `engine.storage` tells how the storage stands. */
  readonly engine: PageEngine;
  /** Executions that were unfinished and go on now. */
  readonly resumed: readonly ExecutionHandle[];
  readonly kernel: GraphKernel;
  /** Why the kernel is not WASM, when it is not. */
  readonly kernelReason?: string;
  readonly workers: number;
}

export async function createEngine(options: BrowserEngineOptions): Promise<BrowserEngine> {
  const { modules, createWorker, workers, databaseName = 'heddle', resources, programs = {} } = options;
  const { log, retention } = options;
  const { kernel, reason } = await loadKernel(options.kernelUrl ?? new URL('./kernel.wasm', import.meta.url));
  const clock = new TimerClock();
  const connection = new IdbConnection(databaseName);
  if (options.onStorageChange !== undefined) connection.health.listen(options.onStorageChange);
  const runner = new WorkerPoolRunner({ createWorker, ...(workers !== undefined && { size: workers }) });
  const saved = (executionId: string): void => {
    engine.announce(executionId);
    persist(connection.health);
  };
  const home = {
    programs: (name: string) => (Object.hasOwn(programs, name) ? programs[name] : undefined),
    kernel,
    modules: new ModuleRegistry(modules),
    journal: new IdbJournalStore(connection, saved),
    artifacts: new IdbArtifactStore(connection),
    records: new IdbRecordStore(connection),
    runner,
    clock,
    random: new CryptoRandom(),
    ...(log !== undefined && { log }),
    ...(retention !== undefined && { retention: checkRetention(retention) }),
    ...(resources !== undefined && { resources: new ResourceManager({ ...resources, clock }) }),
  };
  const engine = new PageEngine({
    home,
    leases: new TabLeaseKeeper(new WebLockLeaseKeeper(navigator.locks)),
    health: connection.health,
    name: `heddle:${databaseName}`,
    tookUp: options.onResumed,
    closed: () => connection.close(),
  });
  const resumed = await engine.resumeAll();
  return { engine, resumed, kernel, ...(reason !== undefined && { kernelReason: reason }), workers: runner.slots };
}
