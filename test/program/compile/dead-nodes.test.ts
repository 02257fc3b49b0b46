import { expect, test } from 'vitest';
import { removeDeadNodes } from '../../../src/program/compile/dead-nodes.ts';
import type { Program } from '../../../src/program/program.ts';

const removed = (nodes: Program['nodes'], outputs?: Program['outputs']) =>
  removeDeadNodes({ heddle: 1, name: 'case', nodes, ...(outputs !== undefined && { outputs }) }).removed;
const m = { module: 'm' } as const;

test('what no output needs goes, through data and order edges', () => {
  const nodes = { a: m, b: { ...m, with: '${a}' }, c: m, d: { ...m, needs: ['b', 'c'] }, e: { ...m, needs: ['d'] } };
  expect(removed(nodes, { of: '${d}' })).toEqual(['e']);
  expect(removed(nodes, { of: '${b}' })).toEqual(['c', 'd', 'e']);
});

test('what is there for failures stays, with what it depends on', () => {
  const nodes = {
    a: m,
    b: m,
    undo: { ...m, needs: ['b'], trigger: 'failure' },
    c: { ...m, compensate: m },
    d: m,
  } as const;
  expect(removed(nodes, { of: '${a}' })).toEqual(['d']);
});

test('without outputs every sink is one; outputs of inputs alone leave the program as it is', () => {
  expect(removed({ a: m, b: m })).toEqual([]);
  expect(removed({ a: m, b: m }, { of: '${input.x}' })).toEqual([]);
});

test('a chain of 20,000 dead nodes', () => {
  const ids = Array.from({ length: 20_000 }, (_, index) => `n${index}`);
  const nodes = Object.fromEntries(ids.map((id, index) => [id, index === 0 ? m : { ...m, needs: [`n${index - 1}`] }]));
  expect(removed(nodes, { of: '${n10000}' }).length).toBe(9_999);
});
