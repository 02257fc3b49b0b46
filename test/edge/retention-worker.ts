import kernel from '#dist/kernel.wasm';
import { createWorker, type EdgeEnv } from '../../src/edge.ts';
import { sampleModules, samples } from '../../src/samples/index.ts';

/** The shipped Worker, keeping what has ended for one and a half seconds. */
const service = createWorker({
  modules: sampleModules,
  kernel,
  programs: Object.fromEntries(samples.map(({ name, program }) => [name, program])),
  retention: { maxAgeMs: 1500 },
});

export const ExecutionObject = service.ExecutionObject;
export const RunnerObject = service.RunnerObject;
export default { fetch: (request: Request, env: EdgeEnv) => service.fetch(request, env) };
