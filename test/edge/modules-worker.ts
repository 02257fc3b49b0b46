import kernel from '#dist/kernel.wasm';
import { createWorker } from '../../src/edge.ts';
import { contractedModules } from '../contract/standard-modules.ts';

const worker = createWorker({ modules: contractedModules, kernel });

export const { ExecutionObject, ProgramObject, RunnerObject, CacheObject, CatalogueObject } = worker;
export default worker.handler;
