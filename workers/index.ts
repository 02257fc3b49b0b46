import kernel from '#dist/kernel.wasm';
import { createWorker, type EdgeEnv } from '../src/edge.ts';
import { sampleModules, samples } from '../src/samples/index.ts';

/** The Worker we ship: the samples behind the API; the page is served by the assets binding. */
const service = createWorker({
  modules: sampleModules,
  kernel,
  programs: Object.fromEntries(samples.map(({ name, program }) => [name, program])),
});

export const ExecutionObject = service.ExecutionObject;
export const RunnerObject = service.RunnerObject;

export default { fetch: (request: Request, env: EdgeEnv) => service.fetch(request, env) };
