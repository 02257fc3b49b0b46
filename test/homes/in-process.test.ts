import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sampleModules, samples } from '../../src/samples/index.ts';
import { testEngine } from '../samples/run-sample.ts';
import { canonical, everyEnding, everyEndingResult, expectNoBarrier, noBarrier } from './expectations.ts';
import { homeModules } from './home-modules.ts';

const golden = new URL('../golden/canonical-logs.json', import.meta.url);

test('the canonical logs are the recorded ones, in this process', { timeout: 30_000 }, async () => {
  const engine = await testEngine([...sampleModules, ...homeModules]);
  const [sample] = samples;
  if (sample === undefined) throw new Error('there are no samples');
  const answered = await engine.execute(sample.program, sample.inputs);
  const ended = await engine.execute(everyEnding);
  expect(ended.result).toEqual(everyEndingResult);
  const logs = {
    'question-answering': { result: answered.result, log: canonical(sample.program, answered.timeline as never) },
    'every-ending': { result: ended.result, log: canonical(everyEnding, ended.timeline as never) },
  };
  // Recorded anew on purpose only: UPDATE_GOLDEN=1 npx vitest ...
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(golden, `${JSON.stringify(logs, null, 1)}\n`);
  expect(logs).toEqual(JSON.parse(readFileSync(golden, 'utf8')));
});

test('RD4 no barrier in this process', async () => {
  const engine = await testEngine(homeModules);
  const { timeline } = await engine.execute(noBarrier);
  expectNoBarrier(timeline as never);
});
