import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { samples } from '../../src/samples/index.ts';
import { bundleWorker, Workerd } from '../edge/workerd.ts';
import { canonical, everyEnding, expectNoBarrier, type HomeEvent, noBarrier } from './expectations.ts';

const golden = JSON.parse(readFileSync(new URL('../golden/canonical-logs.json', import.meta.url), 'utf8'));
let workerd: Workerd;
beforeAll(async () => {
  workerd = await Workerd.temporary(await bundleWorker('test/edge/ledger-worker.ts'));
}, 60_000);
afterAll(async () => {
  await workerd.stop();
});

async function execute(
  program: unknown,
  inputs: unknown = {},
): Promise<{ readonly result: unknown; readonly timeline: readonly HomeEvent[] }> {
  const { status, body } = await workerd.post('/v1/executions', { program, inputs }, { prefer: 'wait=30' });
  expect(status).toBe(200);
  return body;
}

test('the canonical logs are the recorded ones, on workerd', { timeout: 60_000 }, async () => {
  const [sample] = samples;
  if (sample === undefined) throw new Error('there are no samples');
  const answered = await execute(sample.program, sample.inputs);
  expect({ result: answered.result, log: canonical(sample.program, answered.timeline) }).toEqual(
    golden['question-answering'],
  );
  const ended = await execute(everyEnding);
  expect({ result: ended.result, log: canonical(everyEnding, ended.timeline) }).toEqual(golden['every-ending']);
});

test('RD4 no barrier on workerd', { timeout: 60_000 }, async () => {
  const { timeline } = await execute(noBarrier);
  expectNoBarrier(timeline);
});
