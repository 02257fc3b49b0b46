import { expect, test } from 'vitest';
import { mergeCommonNodes } from '../../../src/program/compile/common-nodes.ts';
import type { Program, ProgramNode } from '../../../src/program/program.ts';

const twin: ProgramNode = { module: 'm', with: { x: '${input.x}' }, cache: {} };
const user: ProgramNode = { module: 'use', with: '${a} ${b}' };
const merged = (nodes: Program['nodes'], other: Partial<Program> = { outputs: { of: '${a} ${b}' } }) =>
  mergeCommonNodes({ heddle: 1, name: 'case', nodes, ...other });

test('two that are the same become one, the first', () => {
  const { program, merged: pairs } = merged({ a: twin, b: twin, c: user });
  expect(pairs).toEqual([{ kept: 'a', dropped: 'b' }]);
  expect(program).toMatchObject({ nodes: { a: twin, c: { with: '${a} ${a}' } }, outputs: { of: '${a} ${a}' } });
  expect(Object.keys(program.nodes)).toEqual(['a', 'c']);
});

test('every reference follows: needs, guards, items, loops, fallbacks, compensations', () => {
  const everywhere: ProgramNode = {
    module: 'use',
    with: {},
    needs: ['a', 'b'],
    if: '${b.go}',
    forEach: { items: '${b.list}' },
    repeat: { while: 'b.more', maxIterations: 3 },
    fallback: { module: 'other', with: '${b}' },
    compensate: { module: 'undo', with: ['${b}'] },
  };
  expect(merged({ a: twin, b: twin, c: everywhere }).program.nodes.c).toEqual({
    module: 'use',
    with: {},
    needs: ['a'],
    if: 'a.go',
    forEach: { items: '${a.list}' },
    repeat: { while: 'a.more', maxIterations: 3 },
    fallback: { module: 'other', with: '${a}' },
    compensate: { module: 'undo', with: ['${a}'] },
  });
});

test.each<[string, Program['nodes'], Partial<Program>?]>([
  ['one is not declared pure', { a: twin, b: { ...twin, cache: undefined } as unknown as ProgramNode, c: user }],
  ['their policies differ', { a: twin, b: { ...twin, timeoutMs: 5 }, c: user }],
  ['their caches differ', { a: twin, b: { ...twin, cache: { scope: 'other' } }, c: user }],
  [
    'they are undone one by one',
    { a: { ...twin, compensate: { module: 'u' } }, b: { ...twin, compensate: { module: 'u' } }, c: user },
  ],
  ['an input names them', { a: twin, b: twin, c: { module: 'use', needs: ['b'] } }],
  ['a quorum counts them', { a: twin, b: twin, c: { ...user, join: { quorum: 2 } } }],
  ['a threshold counts them', { a: twin, b: twin, c: user }, { tolerance: { threshold: 1 }, outputs: {} }],
  ['they are results themselves', { a: twin, b: twin }, {}],
  ['one is a result itself', { a: twin, b: twin, c: { module: 'use', with: '${b}' } }, {}],
  ['an output cannot be rewritten', { a: twin, b: twin }, { outputs: { of: '${[1].map(a, b)}' } }],
  ['they wait instead of computing', { a: { sleepMs: 1, cache: {} }, b: { sleepMs: 1, cache: {} }, c: user }],
])('left alone where %s', (_, nodes, other) => {
  const { program, merged: pairs } = merged(nodes, other);
  expect(pairs).toEqual([]);
  expect(program.nodes).toBe(nodes);
});

test('sinks need no outputs to be kept apart when neither is one', () => {
  expect(merged({ a: twin, b: twin, c: user }, {}).merged).toEqual([{ kept: 'a', dropped: 'b' }]);
});

test('where one cannot be merged, the others still are', () => {
  const nodes = { a: twin, b: twin, c: twin, d: { ...user, with: '${b}' }, e: { module: 'use', needs: ['c'] } };
  expect(merged(nodes, { outputs: {} }).merged).toEqual([{ kept: 'a', dropped: 'b' }]);
});

test('nodes that become the same because what they need became one', () => {
  const on = (id: string): ProgramNode => ({ module: 'm', with: { x: `\${${id}.x}` }, cache: {} });
  const nodes = { a: twin, b: twin, c: on('a'), d: on('b'), e: on('c'), f: on('d') };
  expect(merged(nodes, { outputs: { of: '${e} ${f}' } }).merged).toEqual([
    { kept: 'a', dropped: 'b' },
    { kept: 'c', dropped: 'd' },
    { kept: 'e', dropped: 'f' },
  ]);
});

test('thousands of the same, named by one', () => {
  const ids = Array.from({ length: 5000 }, (_, index) => `n${index}`);
  const nodes = { ...Object.fromEntries(ids.map((id) => [id, twin])), end: { module: 'use', with: {}, needs: ids } };
  const { program, merged: pairs } = merged(nodes, { outputs: { of: '${end}' } });
  expect(pairs.length).toBe(4999);
  expect(program.nodes).toEqual({ n0: twin, end: { module: 'use', with: {}, needs: ['n0'] } });
});
