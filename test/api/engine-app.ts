import { CryptoRandom } from '../../src/adapters/memory/crypto-random.ts';
import { MemoryRecordStore } from '../../src/adapters/memory/record-store.ts';
import { createEngineApp, type EngineAppOptions } from '../../src/api/engine-app.ts';
import type { DefaultExecutionEngine } from '../../src/host/default-execution-engine.ts';
import { ProgramStore } from '../../src/host/programs/program-store.ts';
import type { AnyModule } from '../../src/host/registry.ts';
import { createEngine } from '../../src/index.ts';
import { createJsKernel } from '../../src/kernel/js-kernel.ts';
import { homeModules } from '../homes/home-modules.ts';

/** The whole API over an engine of this process. */
export function appOver(
  engine: DefaultExecutionEngine,
  modules: readonly AnyModule[],
  more: Partial<EngineAppOptions> = {},
) {
  const records = new MemoryRecordStore();
  const random = new CryptoRandom();
  const app = createEngineApp({
    backend: {
      engine,
      learning: engine,
      modules,
      kernel: createJsKernel(),
      records,
      programs: new ProgramStore(records),
      builtIn: () => undefined,
      now: Date.now,
      list: (filter) => engine.list(filter),
      metrics: () => engine.metrics(),
      health: () => engine.health(),
      checks: { journal: () => engine.list({ limit: 1 }), records: () => records.list('ready', { limit: 1 }) },
    },
    newId: () => random.id('ex'),
    ...more,
  });
  return { app, engine, records };
}

/** And over one in memory with the modules of test/homes. */
export async function engineApp(more: Partial<EngineAppOptions> = {}) {
  return appOver(await createEngine({ modules: homeModules }), homeModules, more);
}
