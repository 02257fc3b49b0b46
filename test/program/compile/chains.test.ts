import { expect, test } from 'vitest';
import { findChains } from '../../../src/program/compile/chains.ts';
import type { Program } from '../../../src/program/program.ts';

const chains = (needs: { readonly [id: string]: readonly string[] }) => {
  const nodes: Program['nodes'] = Object.fromEntries(
    Object.entries(needs).map(([id, of]) => [id, { module: 'm', needs: of }]),
  );
  return findChains({ heddle: 1, name: 'case', nodes });
};

test('runs end where ways part or meet', () => {
  expect(
    chains({
      a: [],
      b: ['a'],
      c: ['b'],
      left: ['c'],
      right: ['c'],
      more: ['right'],
      end: ['left', 'more'],
      last: ['end'],
    }),
  ).toEqual([
    ['a', 'b', 'c'],
    ['right', 'more'],
    ['end', 'last'],
  ]);
});

test('nodes alone are no chains, and the order in the file does not matter', () => {
  expect(chains({ a: [], b: [] })).toEqual([]);
  expect(chains({ c: ['b'], b: ['a'], a: [] })).toEqual([['a', 'b', 'c']]);
});
