import kernel from '#dist/kernel.wasm';
import { createWorker } from '../../src/edge.ts';
import { sampleModules, samples } from '../../src/samples/index.ts';

/** The shipped Worker, keeping what has ended for three seconds. */
const worker = createWorker({
  modules: sampleModules,
  kernel,
  programs: Object.fromEntries(samples.map(({ name, program }) => [name, program])),
  retention: { maxAgeMs: 3000 },
});

export const { ExecutionObject, ProgramObject, RunnerObject, CacheObject, CatalogueObject } = worker;
export default worker.handler;
