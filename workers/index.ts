import kernel from '#dist/kernel.wasm';
import { createWorker } from '../src/edge.ts';
import { sampleModules, samples } from '../src/samples/index.ts';

/** The Worker we ship: the samples behind the API; the page is served by the assets binding. */
const worker = createWorker({
  modules: sampleModules,
  kernel,
  programs: Object.fromEntries(samples.map(({ name, program }) => [name, program])),
});

export const { ExecutionObject, ProgramObject, RunnerObject, CacheObject, CatalogueObject } = worker;
export default worker.handler;
