import { expect, test } from 'vitest';
import { createJsKernel } from '../../src/kernel/js-kernel.ts';
import { chooseStrategy } from '../../src/plan/choose-strategy.ts';
import { createPlan, type Plan } from '../../src/plan/plan.ts';
import type { ProgramNode } from '../../src/program/program.ts';

function plan(nodes: { readonly [id: string]: Partial<ProgramNode> }): Plan {
  const full = Object.fromEntries(Object.entries(nodes).map(([id, node]) => [id, { module: 'm', ...node }]));
  return createPlan({ heddle: 1, name: 'case', nodes: full }, createJsKernel());
}

const wide = plan({ a: {}, b: {}, c: {}, end: { needs: ['a', 'b', 'c'] } });
const forked = plan({ start: {}, long: { needs: ['start'] }, more: { needs: ['long'] }, short: { needs: ['start'] } });
const chain = plan({ a: {}, b: { needs: ['a'] }, c: { needs: ['b'] } });

test.each([
  ['one node', plan({ a: {} }), 'sequential'],
  ['a chain', chain, 'sequential'],
  ['a chain with a shortcut', plan({ a: {}, b: { needs: ['a'] }, c: { needs: ['a', 'b'] } }), 'sequential'],
  [
    'a chain in which one of two suffices',
    plan({ a: {}, b: { needs: ['a'] }, c: { needs: ['a', 'b'], join: 'any' } }),
    'parallel',
  ],
  ['a chain whose node has items', plan({ a: {}, b: { needs: ['a'], forEach: { items: [1, 2] } } }), 'parallel'],
  ['items after items', plan({ a: { forEach: { items: [1, 2] } }, b: { forEach: { items: '${a}' } } }), 'pipeline'],
  ['wide and even', wide, 'parallel'],
  ['ways of different length', forked, 'optimized'],
  ['resources', plan({ a: { resources: { gpu: 1 } }, b: { forEach: { items: [1] } } }), 'resource_aware'],
  ['resources of nothing', plan({ a: { resources: {} } }), 'sequential'],
] as const)('%s', (_, of, strategy) => {
  const choice = chooseStrategy(of);
  expect(choice.strategy).toBe(strategy);
  expect(choice.reason).toMatch(/^[^.]+\.$/);
});

test('measured durations turn an even program into an uneven one, and the other way round', () => {
  expect(chooseStrategy(wide, { a: 500, b: 10, c: 10, end: 10 })).toEqual({
    strategy: 'optimized',
    reason: 'a and b may start together, but much more time lies behind a, so the longest way goes first.',
  });
  expect(chooseStrategy(wide, { a: 12, b: 10, c: 10, end: 10 }).strategy).toBe('parallel');
  expect(chooseStrategy(forked, { start: 5, long: 50, more: 1, short: 40 }).strategy).toBe('parallel');
  // What was never measured counts as the rest does on average, not as nothing.
  expect(chooseStrategy(wide, { a: 10 }).strategy).toBe('parallel');
});

test('a host that has resources of its own says so', () => {
  expect(chooseStrategy(chain, {}, true).strategy).toBe('resource_aware');
});

test('a plan has the strategy its program asks for, or the one that fits its durations', () => {
  const nodes = { a: { module: 'm' }, b: { module: 'm' } };
  const planned = (more: object, durations?: Float64Array) =>
    createPlan({ heddle: 1, name: 'case', nodes, ...more }, createJsKernel(), durations).strategy;
  expect(planned({ strategy: 'pipeline' })).toEqual({ strategy: 'pipeline', reason: 'The program asks for it.' });
  expect(planned({}).strategy).toBe('parallel');
  expect(planned({}, Float64Array.of(10, 90))).toEqual({
    strategy: 'optimized',
    reason: 'b and a may start together, but much more time lies behind b, so the longest way goes first.',
  });
});
