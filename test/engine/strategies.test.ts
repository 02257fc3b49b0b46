import { expect, test } from 'vitest';
import type { Strategy } from '../../src/program/program.ts';
import { Machine } from './machine.ts';

/** The order in which one slot takes two chains of two nodes and a longer one. */
function orderOf(strategy: Strategy): readonly string[] {
  const nodes = { a1: {}, b1: {}, c1: {}, a2: { needs: ['a1'] }, b2: { needs: ['b1'] }, c2: { needs: ['c1'] } };
  const machine = new Machine({ ...nodes, c3: { needs: ['c2'] } }, { strategy }, {}, 1);
  const order: string[] = [];
  for (let [running] = machine.running; running !== undefined; [running] = machine.running) {
    order.push(running);
    machine.succeed(running);
  }
  return order;
}

test('DP1 each strategy has its order', () => {
  expect(orderOf('sequential')).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'c2', 'c3']);
  expect(orderOf('parallel')).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'c2', 'c3']);
  expect(orderOf('pipeline')).toEqual(['a1', 'a2', 'b1', 'b2', 'c1', 'c2', 'c3']);
  expect(orderOf('optimized')).toEqual(['c1', 'a1', 'b1', 'c2', 'a2', 'b2', 'c3']);
  expect(orderOf('resource_aware')).toEqual(orderOf('optimized'));
});

test('DP2 sequential runs one at a time, the others as many as there are slots', () => {
  const running = (strategy: Strategy) => new Machine({ a: {}, b: {}, c: {} }, { strategy }, {}, 2).running;
  expect(running('sequential')).toEqual(['a']);
  for (const strategy of ['parallel', 'pipeline', 'optimized', 'resource_aware'] as const)
    expect(running(strategy)).toHaveLength(2);
});
