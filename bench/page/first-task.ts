/** Runs in a fresh page: how old it is when its first task has run in a worker, and its result is stored. */
import { createEngine } from '../../src/browser.ts';

const { engine } = await createEngine({
  createWorker: () => new Worker('first-task-worker.js', { type: 'module' }),
  kernelUrl: new URL('kernel.wasm', location.href).href,
  databaseName: `first-${Math.random()}`,
  workers: 2,
});
const { result } = await engine.execute({
  heddle: 1,
  name: 'first',
  nodes: { a: { module: 'first' } },
  outputs: { at: '${a.atMs}' },
});
const endedMs = performance.now();
const firstMs = (result as { at: number }).at - performance.timeOrigin;
await engine.close();
Object.assign(globalThis, { started: { firstMs, endedMs } });
