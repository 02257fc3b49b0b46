import { DurableObject } from 'cloudflare:workers';
import kernel from '#dist/kernel.wasm';
import { createWorker, type EdgeEnv } from '../../src/edge.ts';
import { homeModules } from '../homes/home-modules.ts';

declare global {
  namespace Cloudflare {
    interface Env extends EdgeEnv {
      readonly TEST_OBJECT: DurableObjectNamespace<TestObject>;
    }
  }
}

/** An empty object with real SQLite storage; tests work inside it (inside-object.ts). */
export class TestObject extends DurableObject<Cloudflare.Env> {}

/** The product, for what only the runtime's own tests can do to its objects. */
const worker = createWorker({ modules: homeModules, kernel });

export const { ExecutionObject, ProgramObject, RunnerObject, CacheObject, CatalogueObject } = worker;
export default worker.handler;
