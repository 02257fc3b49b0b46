import { expect, test } from 'vitest';
import { createEngine } from '../../src/browser.ts';
import { sampleModules, samples } from '../../src/samples/index.ts';
import golden from '../golden/canonical-logs.json' with { type: 'json' };
import { canonical, everyEnding, expectNoBarrier, noBarrier } from '../homes/expectations.ts';
import { homeModules } from '../homes/home-modules.ts';

const modules = [...sampleModules, ...homeModules];
const open = (databaseName: string) =>
  createEngine({
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
