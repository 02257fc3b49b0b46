import { expect, test } from 'vitest';
import { type BrowserEngineOptions, createEngine } from '../../src/browser.ts';
import { sampleModules, samples } from '../../src/samples/index.ts';
import golden from '../golden/canonical-logs.json' with { type: 'json' };
import { canonical, everyEnding, expectNoBarrier, noBarrier } from '../homes/expectations.ts';
import { homeModules } from '../homes/home-modules.ts';

const modules = [...sampleModules, ...homeModules];
const open = (databaseName: string, more: Partial<BrowserEngineOptions> = {}) =>
  createEngine({
    ...more,
    modules,
    databaseName,
    workers: 2,
    createWorker: () => new Worker(new URL('./home-worker.ts', import.meta.url), { type: 'module' }),
    kernelUrl: new URL('/dist/kernel.wasm', location.origin),
  });

test('the canonical logs are the recorded ones, in Chromium', { timeout: 60_000 }, async () => {
  const { engine, kernel } = await open('logs');
  expect(kernel.kind).toBe('wasm');
  const [sample] = samples;
  if (sample === undefined) throw new Error('there are no samples');
  const answered = await engine.execute(sample.program, sample.inputs);
  expect({ result: answered.result, log: canonical(sample.program, answered.timeline as never) }).toEqual(
    golden['question-answering'],
  );
  const ended = await engine.execute(everyEnding);
  expect({ result: ended.result, log: canonical(everyEnding, ended.timeline as never) }).toEqual(
    golden['every-ending'],
  );
  await engine.close();
});

test('RD4 no barrier in Chromium', { timeout: 60_000 }, async () => {
  const { engine } = await open('barrier');
  // The test server hands out the workers' scripts module by module; what is measured here begins when they are loaded.
  await engine.execute(noBarrier);
  const { timeline } = await engine.execute(noBarrier);
  expectNoBarrier(timeline as never);
  await engine.close();
});

test('what retention does not keep is erased from IndexedDB, and the log tells what was run', {
  timeout: 60_000,
}, async () => {
  const lines: unknown[] = [];
  const [sample] = samples;
  if (sample === undefined) throw new Error('there are no samples');
  const { engine } = await open('retention', {
    retention: { maxExecutions: 1 },
    // How busy the machine is depends on what else runs on it.
    log: ({ message, executionId }) => message !== 'pressure' && lines.push([message, executionId]),
  });
  for (const executionId of ['erased-canary', 'kept-canary'])
    await engine.execute(sample.program, sample.inputs, { executionId });
  expect(lines).toEqual(
    ['erased-canary', 'kept-canary'].flatMap((id) => [
      ['start', id],
      ['end', id],
    ]),
  );
  expect(await everything('retention')).toContain('erased-canary');
  expect(await engine.sweep()).toMatchObject({ executions: 1, failed: 0 });
  const left = await everything('retention');
  expect(left.includes('erased-canary')).toBe(false);
  expect(left).toContain('kept-canary');
  await engine.close();
});

/** Keys and values of every object store of a database, bytes as text. */
async function everything(databaseName: string): Promise<string> {
  const database = await answerOf(indexedDB.open(databaseName));
  const stores = [...database.objectStoreNames];
  const transaction = database.transaction(stores);
  const found: string[] = [];
  for (const name of stores) {
    const store = transaction.objectStore(name);
    for (const one of [...(await answerOf(store.getAllKeys())), ...(await answerOf(store.getAll()))]) {
      found.push(JSON.stringify(one, (_, value) => (ArrayBuffer.isView(value) ? latin1(value) : value)));
    }
  }
  database.close();
  return found.join('\n');
}

const latin1 = (view: ArrayBufferView): string =>
  new TextDecoder('latin1').decode(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));

function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
