import { CryptoRandom } from '../adapters/memory/crypto-random.ts';
import { InlineRunner } from '../adapters/memory/inline-runner.ts';
import { LocalLeaseKeeper } from '../adapters/memory/lease-keeper.ts';
import { TimerClock } from '../adapters/memory/timer-clock.ts';
import { NodeMachine } from '../adapters/node/node-machine.ts';
import { openStores } from '../adapters/node/open-stores.ts';
import { DefaultExecutionEngine } from '../host/default-execution-engine.ts';
import type { ExecutionEngine } from '../host/execution-engine.ts';
import { ResourceManager } from '../host/gates/resource-manager.ts';
import type { ModuleRegistry } from '../host/registry.ts';
import type { SecretVault } from '../host/run/secrecy.ts';
import type { JournalStore } from '../ports/journal-store.ts';
import { kernelOf } from './kernel.ts';

export interface LocalEngineOptions {
  readonly modules: ModuleRegistry;
  /** Folder that keeps the executions; they are gone with the process when absent. */
  readonly store?: string;
  /** Tasks at once. */
  readonly workers?: number;
  readonly secrets?: SecretVault;
}

/** An engine in this process, and the journal it writes. */
export interface LocalEngine {
  readonly engine: ExecutionEngine;
  readonly journal: JournalStore;
  /** Lets go of everything; what runs is gone on with by the next one. */
  close(): Promise<void>;
}

export async function openLocalEngine({ modules, store, workers, secrets }: LocalEngineOptions): Promise<LocalEngine> {
  const kernel = await kernelOf('wasm');
  const { journal, artifacts, records, close } = await openStores(store);
  const clock = new TimerClock();
  const machine = new NodeMachine();
  const runner = new InlineRunner({
    modules,
    ...(workers !== undefined && { slots: workers }),
    ...(secrets !== undefined && { secrets }),
  });
  const engine = new DefaultExecutionEngine({
    kernel,
    modules,
    journal,
    artifacts,
    records,
    runner,
    clock,
    machine,
    resources: new ResourceManager({ capacity: { ...machine.capacity, concurrent_operations: runner.slots }, clock }),
    random: new CryptoRandom(),
    leases: new LocalLeaseKeeper(),
  });
  return {
    engine,
    journal,
    async close() {
      await engine.close();
      await close();
    },
  };
}
