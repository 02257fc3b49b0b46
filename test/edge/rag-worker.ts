import { env } from 'cloudflare:workers';
import kernel from '#dist/kernel.wasm';
import { BootstrapFewShot, LM } from '../../src/dspy.ts';
import { createWorker } from '../../src/edge.ts';
import { bootstrapOptions, rag } from '../dspy/rag.ts';

/** The RAG program and its optimiser on a Worker; the address and the key of the model are bindings. */
const bindings = env as unknown as { readonly MODELS_URL: string; readonly MODEL_KEY: string };
const lm = new LM('openai/m-1', {
  providers: { openai: { format: 'openai', baseUrl: `${bindings.MODELS_URL}/openai`, secret: 'MODEL_KEY' } },
});
const worker = createWorker({
  modules: new BootstrapFewShot(bootstrapOptions).modules(rag(), { lm, stream: true }),
  kernel,
  secrets: (own) => (name) => (own as unknown as { readonly [name: string]: string })[name],
});

export const { ExecutionObject, ProgramObject, RunnerObject, CacheObject, CatalogueObject } = worker;
export default worker.handler;
