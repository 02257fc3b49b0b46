import { afterAll, beforeAll, expect, test } from 'vitest';
import { layered, quantile, ScaleRun } from '../edge/scale-run.ts';

let run: ScaleRun;
beforeAll(async () => {
  run = await ScaleRun.open();
}, 60_000);
afterAll(() => run.close());

const report = (what: string, ms: number, more = ''): void =>
  console.log(`${what}: ${(ms / 1000).toFixed(1)} s${more}`);

test('a thousand executions of one program', { timeout: 900_000 }, async () => {
  const startedAtMs = Date.now();
  const ids = await run.beginMany(1_000, 16, layered('thousand', 10, 5));
  await run.each(ids, 16, async (id) => expect(await run.untilEnded(id, 300)).toBe('COMPLETED'));
  report('1,000 executions of 10 tasks', Date.now() - startedAtMs, `, an execution ${Date.now() - startedAtMs} us`);
  expect(await run.listed('program=thousand&status=COMPLETED')).toHaveLength(1_000);
});

test('one execution of 20,000 tasks', { timeout: 900_000 }, async () => {
  const startedAtMs = Date.now();
  expect(await run.untilEnded(await run.begin(layered('large', 20_000, 100)), 2_000)).toBe('COMPLETED');
  const tookMs = Date.now() - startedAtMs;
  report('20,000 tasks', tookMs, `, ${((1000 * tookMs) / 20_000).toFixed(0)} us a task`);
});

test('200 executions of 100 tasks at once', { timeout: 900_000 }, async () => {
  run.answersMs.length = 0;
  const startedAtMs = Date.now();
  const ids = await run.beginMany(200, 200, layered('hundred', 100, 10));
  await run.each(ids, 200, async (id) => expect(await run.untilEnded(id, 1_000)).toBe('COMPLETED'));
  const ms = run.answersMs;
  const [p50, p99] = [quantile(ms, 0.5), quantile(ms, 0.99)];
  report(
    '200 x 100 tasks',
    Date.now() - startedAtMs,
    `; API answers: ${ms.length}, p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`,
  );
});

test('resuming takes as long after 100,000 events as after 1,000', { timeout: 1_800_000 }, async () => {
  for (const events of [1_000, 10_000, 100_000]) {
    const ms = await run.resumeMs(events);
    console.log(`resume after ${events} events: ${ms.toFixed(0)} ms`);
  }
});
