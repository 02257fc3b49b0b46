import { createEngine } from '../../../src/browser.ts';
import type { Predict } from '../../../src/dspy.ts';
import { examples, rag } from '../rag.ts';
import { lm, optimizer } from './settings.ts';

/** A RAG program in a page: asks, shows the answer as it comes, and compiles itself. */
const element = (id: string): HTMLElement => document.getElementById(id) as HTMLElement;
const { engine } = await createEngine({
  modules: optimizer.modules(rag(), { lm, stream: true }),
  createWorker: () => new Worker(`worker.js${location.search}`, { type: 'module' }),
  workers: 4,
  kernelUrl: new URL('kernel.wasm', location.href),
});
let program = rag();

element('ask').addEventListener('submit', async (event) => {
  event.preventDefault();
  const question = (element('question') as HTMLInputElement).value;
  const execution = await engine.start(program, { question });
  for await (const { events } of execution.monitor()) {
    for (const { type, data } of events) {
      if (type === 'TASK_OUTPUT') element('stream').textContent += (data as { chunk: { text: string } }).chunk.text;
    }
  }
  const { result, error } = await execution.result();
  element('answer').textContent = error?.message ?? (result as { answer: string }).answer;
});

element('compile').addEventListener('click', async () => {
  program = await optimizer.compile(rag(), { trainset: examples, engine, executionId: 'compilation' });
  element('demos').textContent = JSON.stringify((program.predictors()[0] as Predict).demos);
});
document.body.dataset.ready = '';
