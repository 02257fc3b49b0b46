import { ResourceManager } from '../../host/gates/resource-manager.ts';
import { type AnyModule, ModuleRegistry } from '../../host/registry.ts';
import { checkRetention } from '../../host/retention-policy.ts';
import { CryptoRandom } from '../memory/crypto-random.ts';
import { TimerClock } from '../memory/timer-clock.ts';
import type { EngineSettings, EngineWatcher, OpenedEngine } from './browser-engine.ts';
import { IdbArtifactStore } from './idb-artifact-store.ts';
import { IdbConnection } from './idb-connection.ts';
import { IdbJournalStore } from './idb-journal-store.ts';
import { IdbRecordStore } from './idb-record-store.ts';
import { loadKernel } from './load-kernel.ts';
import { PageEngine } from './page-engine.ts';
import { PageMachine } from './page-machine.ts';
import { TabLeaseKeeper } from './tab-lease-keeper.ts';
import { WebLockLeaseKeeper } from './web-lock-lease-keeper.ts';
import { WorkerPoolRunner } from './worker-pool-runner.ts';

/** Makes the engine on this thread, be it a worker's or the page's, and goes on with what was unfinished. */
export async function openEngine(
  { databaseName, kernelUrl, workers, programs, resources, retention }: EngineSettings,
  modules: readonly AnyModule[],
  createWorker: () => Worker,
  watcher: EngineWatcher,
): Promise<OpenedEngine<PageEngine>> {
  const registry = new ModuleRegistry(modules);
  const policy = retention === undefined ? {} : { retention: checkRetention(retention) };
  const clock = new TimerClock();
  // The workers load their script meanwhile.
  const loading = loadKernel(kernelUrl);
  const runner = new WorkerPoolRunner({ createWorker, ...(workers !== undefined && { size: workers }) });
  const machine = new PageMachine();
  const capacity = resources?.capacity ?? { ...machine.capacity, concurrent_operations: runner.slots };
  const { kernel, reason } = await loading;
  const connection = new IdbConnection(databaseName);
  const { health } = connection;
  if (watcher.storageChanged !== undefined) health.listen(watcher.storageChanged);
  let asked = false;
  const saved = (executionId: string): void => {
    engine.announce(executionId);
    if (asked) return;
    asked = true;
    watcher.askToKeep().then(
      (persisted) => health.promised(persisted),
      () => health.promised(false),
    );
  };
  const engine = new PageEngine({
    home: {
      programs: (name: string) => (Object.hasOwn(programs, name) ? programs[name] : undefined),
      kernel,
      modules: registry,
      journal: new IdbJournalStore(connection, saved),
      artifacts: new IdbArtifactStore(connection),
      records: new IdbRecordStore(connection),
      runner,
      clock,
      random: new CryptoRandom(),
      ...(watcher.log !== undefined && { log: watcher.log }),
      ...policy,
      machine,
      resources: new ResourceManager({ ...resources, capacity, clock }),
    },
    leases: new TabLeaseKeeper(new WebLockLeaseKeeper(navigator.locks)),
    health,
    name: `heddle:${databaseName}`,
    tookUp: watcher.resumed,
    changed: watcher.changed,
    closed: () => connection.close(),
  });
  const resumed = await engine.resumeAll();
  const told = reason === undefined ? {} : { kernelReason: reason };
  return { engine, resumed, kernel, ...told, workers: runner.slots, capacity };
}
