import kernel from '#dist/kernel.wasm';
import { createWorker } from '../../src/edge.ts';
import { defineModule } from '../../src/ports/module.ts';
import { sampleModules, samples } from '../../src/samples/index.ts';
import { homeModules } from '../homes/home-modules.ts';

/** The shipped Worker with modules that tell an outside ledger what they did. */
const note = defineModule<{ readonly ledger: string; readonly ms: number }, { readonly done: string }>({
  name: 'ledger.note',
  version: '1',
  async run({ ledger, ms }, ctx) {
    await new Promise((resolve) => setTimeout(resolve, ms));
    await fetch(ledger, {
      method: 'POST',
      body: JSON.stringify({ key: ctx.idempotencyKey, task: ctx.taskId, attempt: ctx.attempt }),
    });
    return { done: ctx.taskId };
  },
});

const worker = createWorker({
  modules: [...sampleModules, ...homeModules, note],
  kernel,
  programs: Object.fromEntries(samples.map(({ name, program }) => [name, program])),
});

export const { ExecutionObject, ProgramObject, RunnerObject, CacheObject, CatalogueObject } = worker;
export default worker.handler;
