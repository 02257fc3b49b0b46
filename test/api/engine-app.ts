import { CryptoRandom } from '../../src/adapters/memory/crypto-random.ts';
import { MemoryRecordStore } from '../../src/adapters/memory/record-store.ts';
import { createEngineApp, type EngineAppOptions } from '../../src/api/engine-app.ts';
import { ProgramStore } from '../../src/host/programs/program-store.ts';
import { createEngine } from '../../src/index.ts';
import { createJsKernel } from '../../src/kernel/js-kernel.ts';
import { homeModules } from '../homes/home-modules.ts';

/** The whole API over an engine in memory with the modules of test/homes. */
export async function engineApp(more: Partial<EngineAppOptions> = {}) {
  const engine = await createEngine({ modules: homeModules });
  const records = new MemoryRecordStore();
  const random = new CryptoRandom();
  const app = createEngineApp({
    backend: {
      engine,
      learning: engine,
      modules: homeModules,
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
