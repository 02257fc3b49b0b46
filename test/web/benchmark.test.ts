import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createJsKernel } from '../../src/kernel/js-kernel.ts';
import { idiomaticRival } from '../../web/benchmark/idiomatic-rival.ts';
import { kernelRival } from '../../web/benchmark/kernel-rival.ts';
import { measureSize } from '../../web/benchmark/measure.ts';
import { type Measurement, rivalNames, verdictsOf } from '../../web/benchmark/report.ts';
import { crossover, type Point, spreadOf } from '../../web/benchmark/statistics.ts';
import { createWorkloads, tasks } from '../../web/benchmark/workload.ts';

const kernel = kernelRival('plain JS kernel', createJsKernel());

test('the idiomatic rival and the kernel do the same work', () => {
  for (const nodes of [1, 2, 10, 57, 1000, 5000]) {
    const workloads = createWorkloads(nodes).slice(0, 10);
    const [ours, theirs] = [kernel.prepare(workloads), idiomaticRival.prepare(workloads)];
    for (const task of tasks) {
      for (const graph of workloads.keys()) {
        const about = `${task} of ${nodes}, graph ${graph}`;
        expect(theirs[task].run(graph), about).toBe(ours[task].run(graph));
        expect([...Array.from(theirs[task].nodes())], about).toEqual([...Array.from(ours[task].nodes())]);
      }
    }
  }
});

test('a measurement says when a rival cheats', () => {
  const lazy = { run: () => 0, nodes: () => [] };
  const cheat = { name: 'cheat', prepare: () => ({ plan: lazy, queue: lazy }) };
  const honest = [...measureSize([kernel, idiomaticRival], 10)];
  expect(honest.map(({ agreed }) => agreed)).toEqual([true, true, true, true]);
  expect([...measureSize([kernel, cheat], 10)].map(({ agreed }) => agreed)).toEqual([false, false, false, false]);
});

test('median and band lie in order and within the rounds', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 }), (rounds) => {
      const { medianMs, p10Ms, p90Ms } = spreadOf(rounds);
      expect(Math.min(...rounds)).toBeLessThanOrEqual(p10Ms);
      expect(p10Ms).toBeLessThanOrEqual(medianMs);
      expect(medianMs).toBeLessThanOrEqual(p90Ms);
      expect(p90Ms).toBeLessThanOrEqual(Math.max(...rounds));
    }),
  );
  expect(spreadOf([3, 1, 2]).medianMs).toBe(2);
});

const points = (...medians: readonly number[]): readonly Point[] =>
  medians.map((medianMs, index) => ({
    nodes: 10 ** (index + 1),
    spread: { medianMs, p10Ms: medianMs * 0.9, p90Ms: medianMs * 1.1, rounds: 20 },
  }));

test('a crossover holds from there on, and overlapping bands are no victory', () => {
  expect(crossover(points(5, 1, 1), points(1, 2, 3))).toBe(100);
  expect(crossover(points(1, 1, 1), points(2, 2, 2))).toBe(10);
  expect(crossover(points(1, 5, 1), points(2, 2, 2))).toBe(1000);
  expect(crossover(points(1, 1, 5), points(2, 2, 2))).toBeUndefined();
  expect(crossover(points(1, 1, 1), points(1.1, 1.1, 1.1))).toBeUndefined();
});

test('a verdict names the loser, also when it is ours', () => {
  const of = (rival: string, list: readonly Point[]): readonly Measurement[] =>
    list.map((point) => ({ ...point, task: 'plan', rival, edges: 0, agreed: true }));
  const [wasm, plain] = rivalNames;
  const said = (ours: readonly Point[], theirs: readonly Point[]) =>
    verdictsOf([...of(wasm, ours), ...of(plain, theirs)], 'plan');
  expect(said(points(3, 3, 3), points(1, 1, 1))).toEqual([
    'plain JS kernel is faster than WASM kernel at every size measured.',
  ]);
  expect(said(points(3, 1, 1), points(1, 2, 4))).toEqual([
    'WASM kernel is faster than plain JS kernel from 100 nodes on; at 1,000 nodes by a factor of 4.0.',
  ]);
  expect(said(points(1, 1, 1), points(1, 1, 1))[0]).toContain('no clear winner');
});
