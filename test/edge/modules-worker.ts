import kernel from '#dist/kernel.wasm';
import { createWorker, type EdgeEnv } from '../../src/edge.ts';
import { contractedModules } from '../contract/standard-modules.ts';

const service = createWorker({ modules: contractedModules, kernel });

export const ExecutionObject = service.ExecutionObject;
export const RunnerObject = service.RunnerObject;
export default { fetch: (request: Request, env: EdgeEnv) => service.fetch(request, env) };
