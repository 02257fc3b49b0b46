import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Counts } from '../edge/counts.ts';
import { layered, layers, quantile, ScaleRun } from '../edge/scale-run.ts';

let run: ScaleRun;
beforeAll(async () => {
  run = await ScaleRun.open();
}, 60_000);
afterAll(() => run.close());

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** What is billed, by class of objects, for each of so many. */
function report(what: string, counts: { readonly [objects: string]: Counts }, of: number): void {
  for (const [objects, { boots, requests, statements, rowsWritten, rowsRead }] of Object.entries(counts)) {
    const each = { boots, requests, statements, rowsWritten, rowsRead };
    const told = Object.entries(each).map(([name, count]) => `${name} ${(count / of).toFixed(2)}`);
    console.log(`${what}, ${objects}: ${told.join(', ')}`);
  }
}

test('a thousand executions of one program', { timeout: 900_000 }, async () => {
  await run.counts();
  const startedAtMs = Date.now();
  const ids = await run.beginMany(1_000, 16, layered('thousand', 10, 5));
  const begunMs = Date.now() - startedAtMs;
  await run.each(ids, 16, async (id) => expect(await run.untilEnded(id, 300)).toEqual(['COMPLETED', 10]));
  const tookMs = Date.now() - startedAtMs;
  console.log(`1,000 executions of 10 tasks: begun in ${seconds(begunMs)}, all ended after ${seconds(tookMs)}`);
  for (const query of ['program=thousand&status=COMPLETED', 'program=thousand']) {
    const listed = await run.listed(query);
    expect(listed.map(({ executionId }) => executionId).sort()).toEqual([...ids].sort());
  }
  const counts = await run.counts();
  report('an execution of 10 tasks', counts, 1_000);
  // An object that was put away is booted again by whoever asks for it.
  expect(counts.execution?.boots).toBeGreaterThanOrEqual(1_000);
  // What is read for an execution does not grow with those before it.
  expect((counts.program?.rowsRead ?? 0) / 1_000).toBeLessThan(1_000);
  // What docs/scaling.md says an execution costs may fall, but does not rise unnoticed.
  const rows = Object.values(counts).reduce((sum, { rowsWritten }) => sum + rowsWritten, 0);
  expect(rows / 1_000).toBeLessThan(75);
  expect((counts.catalogue?.requests ?? 0) / 1_000).toBeLessThan(6);
  expect((counts.program?.requests ?? 0) / 1_000).toBeLessThan(10);
});

test('one execution of 20,000 tasks', { timeout: 900_000 }, async () => {
  await run.counts();
  const startedAtMs = Date.now();
  const ended = await run.untilEnded(await run.begin(layered('large', 20_000, 100)), 2_000);
  expect(ended).toEqual(['COMPLETED', 20_000]);
  const tookMs = Date.now() - startedAtMs;
  console.log(`20,000 tasks: ${seconds(tookMs)}, ${(tookMs / 20_000).toFixed(2)} ms a task`);
  report('a task of 20,000', await run.counts(), 20_000);
});

test('200 executions of 100 tasks at once', { timeout: 900_000 }, async () => {
  run.answersMs.length = 0;
  const startedAtMs = Date.now();
  const ids = await run.beginMany(200, 200, layered('hundred', 100, 10));
  await run.each(ids, 200, async (id) => expect(await run.untilEnded(id, 1_000)).toEqual(['COMPLETED', 100]));
  const ms = run.answersMs;
  expect(ms.length).toBeGreaterThanOrEqual(400);
  const [p50, p99] = [quantile(ms, 0.5), quantile(ms, 0.99)];
  const answers = `${ms.length} answers of the API: p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`;
  console.log(`200 x 100 tasks: ${seconds(Date.now() - startedAtMs)}; ${answers}`);
  report('an execution of 100 tasks', await run.counts(), 200);
});

test('resuming takes as long after 100,000 events as after 1,000', { timeout: 1_800_000 }, async () => {
  for (const events of [1_000, 10_000, 100_000]) {
    const { resumeMs, tellMs } = await run.resumed(events);
    console.log(`after ${events} events: resumed in ${resumeMs.toFixed(0)} ms, told in ${tellMs.toFixed(0)} ms`);
  }
  // Whatever the events are of, but for the nodes of the program, which have to be planned.
  const again = { module: 'test.quick', repeat: { while: 'true', maxIterations: 25_000 } };
  const repeated = await run.putAway({ again }, 'again', 1, 25_000);
  console.log(`after 25,000 iterations of a node: resumed in ${repeated.resumeMs.toFixed(0)} ms`);
  for (const tasks of [1_000, 10_000, 20_000]) {
    const { resumeMs } = await run.putAway(layers(tasks, 100), `n${tasks - 1}`, tasks, 2 * tasks);
    console.log(`of a program of ${tasks} nodes: resumed in ${resumeMs.toFixed(0)} ms`);
  }
});
