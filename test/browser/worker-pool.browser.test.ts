import { expect, test } from 'vitest';
import type { WorkerPoolRunner } from '../../src/adapters/browser/worker-pool-runner.ts';
import { callOf } from './support/misbehave.ts';
import { misbehaveTogether, provedPool } from './support/proved-pool.ts';

const several = (runner: WorkerPoolRunner, count: number) =>
  Array.from({ length: count }, (_, which) => callOf(runner, { how: 'well', which }));

test('only modules that were seen to be short have more slots, and one long call takes that back', async () => {
  const { runner } = await provedPool();
  expect(runner.slotsFor(['bad', 'stranger'])).toBe(runner.slots);
  expect(runner.slotsFor([])).toBe(runner.slots);
  await callOf(runner, { how: 'well', which: 0, ms: 30 }).outcome;
  expect(runner.slotsFor(['bad'])).toBe(runner.slots);
});

test('short calls of one turn go together, and each is answered once with its own output', async () => {
  const { runner, sent } = await provedPool();
  const calls = several(runner, 24);
  expect(await Promise.all(calls.map(({ outcome }) => outcome))).toEqual(
    calls.map((_, which) => ({ output: { which } })),
  );
  expect(sent()).toBeLessThan(12);
  expect(calls.map(({ settlements }) => settlements())).toEqual(calls.map(() => 1));
});

test('calls that go together are apart: what a module does to its input, no other sees', async () => {
  const { runner, sent } = await provedPool();
  const shared = { list: [1, 2] };
  const calls = [7, 8, 9].map((which) => callOf(runner, { how: 'mutate', which, shared }));
  expect(await Promise.all(calls.map(({ outcome }) => outcome))).toEqual([
    { output: [1, 2, 7] },
    { output: [1, 2, 8] },
    { output: [1, 2, 9] },
  ]);
  // Two of them at least: a busy machine may have made the module look long enough for two workers.
  expect(sent()).toBeLessThan(3);
  expect(shared.list).toEqual([1, 2]);
});

test('calls sent together with a runaway run on another worker when it is terminated', async () => {
  const { runner } = await provedPool();
  const before = several(runner, 3);
  const runaway = callOf(runner, { how: 'loop', which: 99 });
  const behind = several(runner, 5);
  await new Promise((resolve) => setTimeout(resolve, 100));
  runaway.running.abort({ code: 'TIMEOUT', message: 'took too long' });
  expect(await runaway.outcome).toEqual({ code: 'TIMEOUT' });
  for (const { outcome, settlements } of [...before, ...behind]) {
    expect(await outcome).toMatchObject({ output: {} });
    expect(settlements()).toBe(1);
  }
  expect(runaway.settlements()).toBe(1);
});

test('of calls sent together, the one that ends the worker is lost and the others are not', async () => {
  const { runner } = await provedPool();
  const before = several(runner, 3);
  const closes = callOf(runner, { how: 'close', which: 99 });
  const behind = several(runner, 3);
  expect(await closes.outcome).toEqual({ code: 'RUNNER_LOST' });
  expect(await Promise.all([...before, ...behind].map(({ outcome }) => outcome))).toHaveLength(6);
  for (const { outcome, settlements } of [...before, ...behind]) {
    expect(await outcome).toMatchObject({ output: {} });
    expect(settlements()).toBe(1);
  }
});

test('calls behind one that waits for something are fetched back, and it goes on', async () => {
  const { runner } = await provedPool();
  const slow = callOf(runner, { how: 'well', which: 99, ms: 1500 });
  const behind = several(runner, 6);
  const told = await Promise.race([slow.outcome, Promise.all(behind.map(({ outcome }) => outcome))]);
  expect(told).toHaveLength(6);
  expect(await slow.outcome).toEqual({ output: { which: 99 } });
});

test.each([
  { ms: 3, callsAhead: 2 },
  { ms: 15, callsAhead: 1 },
])(
  'a worker has the next $callsAhead of a module of $ms ms at hand, and what is behind a runaway still runs elsewhere',
  async ({ ms, callsAhead }) => {
    const { runner, prove } = await provedPool();
    await callOf(runner, { how: 'well', which: 0, ms: 50 }).outcome;
    for (let round = 0; round < 40 && runner.slotsFor(['bad']) === runner.slots; round++)
      await Promise.all([0, 1].map((which) => callOf(runner, { how: 'well', which, ms }).outcome));
    expect(runner.slotsFor(['bad'])).toBe((1 + callsAhead) * runner.slots);
    const startMs = performance.now();
    const runaways = [98, 99].map((which) => callOf(runner, { how: 'loop', which }));
    const behind = several(runner, 4);
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (const { running } of runaways) running.abort({ code: 'TIMEOUT', message: 'took too long' });
    for (const { outcome } of runaways) expect(await outcome).toEqual({ code: 'TIMEOUT' });
    for (const { outcome, settlements } of behind) {
      expect(await outcome).toMatchObject({ output: {} });
      expect(settlements()).toBe(1);
    }
    expect(performance.now() - startMs).toBeGreaterThan(200);
    await prove();
  },
);

test('a call that is given up before it begins never runs, and those around it do', async () => {
  const { runner } = await provedPool(1);
  const slow = callOf(runner, { how: 'well', which: 1, ms: 40 });
  // Were it to begin, the worker would be terminated for it, and the slow one with it.
  const never = callOf(runner, { how: 'close', which: 2 });
  const last = callOf(runner, { how: 'well', which: 3 });
  await new Promise((resolve) => setTimeout(resolve));
  never.running.abort({ code: 'ABORTED', message: 'not wanted' });
  expect(await never.outcome).toEqual({ code: 'ABORTED' });
  expect(await Promise.all([slow.outcome, last.outcome])).toEqual([{ output: { which: 1 } }, { output: { which: 3 } }]);
  const gone = callOf(runner, { how: 'loop', which: 4 });
  gone.running.abort({ code: 'ABORTED', message: 'in the same turn' });
  expect(await gone.outcome).toEqual({ code: 'ABORTED' });
  expect(await callOf(runner, { how: 'well', which: 5 }).outcome).toEqual({ output: { which: 5 } });
});

test('12 rounds of calls sent together, any of which may misbehave: each settles once, as itself', {
  timeout: 120_000,
}, async () => {
  const { runner, workers, prove } = await provedPool();
  await misbehaveTogether({ runner, workers, prove, rounds: 12, seed: 20261121 });
});
