import { CryptoRandom } from '../../src/adapters/memory/crypto-random.ts';
import { MemoryRecordStore } from '../../src/adapters/memory/record-store.ts';
import { executionApps } from '../../src/api/execution-app.ts';
import { createFrontDoor, type FrontDoorOptions } from '../../src/api/front-door.ts';
import { ProgramStore } from '../../src/host/programs/program-store.ts';
import { createEngine } from '../../src/index.ts';
import { createJsKernel } from '../../src/kernel/js-kernel.ts';
import { type ApiFetch, access } from '../contract/service.ts';
import { homeModules } from '../homes/home-modules.ts';

/** The front door over one engine for each tenant, all in this process: the wiring of a service with many tenants. */
export async function tenantService(more: Partial<FrontDoorOptions> = {}): Promise<ApiFetch> {
  const random = new CryptoRandom();
  const made = async () => {
    const engine = await createEngine({ modules: homeModules });
    const records = new MemoryRecordStore();
    const app = executionApps(Date.now)({ engine, records, now: Date.now });
    return {
      engine,
      records,
      app,
      learning: engine,
      list: engine.list.bind(engine),
      programs: new ProgramStore(records),
    };
  };
  const tenants = { ours: await made(), theirs: await made() };
  const of = (name: string) => tenants[name as keyof typeof tenants];
  const app = createFrontDoor({
    service: { modules: homeModules, kernel: createJsKernel(), builtIn: () => undefined, now: Date.now },
    tenant: of,
    execution: (tenant) => ({ fetch: async (request) => of(tenant).app.fetch(request) }),
    newId: () => random.id('ex'),
    access,
    ...more,
  });
  return (path, init) => app.request(`https://heddle.example${path}`, init);
}
