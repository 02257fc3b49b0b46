import { expect, test } from 'vitest';
import { bottlenecksOf } from '../../src/history/bottlenecks.ts';
import type { Program } from '../../src/program/program.ts';
import { recordOf } from './records.ts';

const program: Program = {
  heddle: 1,
  name: 'case',
  nodes: {
    left: { module: 'm' },
    right: { module: 'm' },
    join: { module: 'm', needs: ['left', 'right'] },
    aside: { module: 'm' },
  },
};

test('the long node is the bottleneck only as far as nothing as long stands beside it', () => {
  const records = [
    recordOf({ left: 100, right: 80, join: 10, aside: 105 }),
    recordOf({ left: 60, right: 90, join: 20, aside: 35 }),
  ];
  // On average: left 80, right 85, join 15, aside 70. Without right, left still takes 80.
  expect(bottlenecksOf(program, records)).toEqual([
    { node: 'join', meanMs: 15, criticalShare: 1, makespanMs: 100, makespanWithoutMs: 85, gainMs: 15 },
    { node: 'right', meanMs: 85, criticalShare: 0.5, makespanMs: 100, makespanWithoutMs: 95, gainMs: 5 },
    { node: 'left', meanMs: 80, criticalShare: 0.5, makespanMs: 100, makespanWithoutMs: 100, gainMs: 0 },
  ]);
  expect(bottlenecksOf(program, records, { limit: 1 }).map(({ node }) => node)).toEqual(['join']);
});

test('a node that did not run weighs nothing in that run; no records, no bottlenecks', () => {
  expect(bottlenecksOf(program, [])).toEqual([]);
  expect(bottlenecksOf(program, [recordOf({})])).toEqual([]);
  const [first, ...more] = bottlenecksOf(program, [recordOf({ left: 40 }), recordOf({ aside: 20 })]);
  expect(first).toMatchObject({ node: 'left', meanMs: 40, criticalShare: 0.5, gainMs: 20 });
  expect(more).toEqual([expect.objectContaining({ node: 'aside', criticalShare: 0.5, gainMs: 0 })]);
});
