import { expect, test } from 'vitest';
import { renameInExpression } from '../../../src/program/compile/rename-expression.ts';

test.each<[string, string, string | undefined]>([
  ['b', 'a', 'a'],
  ['b.c + nodes["b"].d + nodes.b.e', 'a', 'a.c + nodes["a"].d + nodes.a.e'],
  ['b.c + nodes["b"].d + nodes.b.e', 'a-1', 'nodes["a-1"].c + nodes["a-1"].d + nodes["a-1"].e'],
  ['x.b + "b" + \'b\'', 'a', 'x.b + "b" + \'b\''],
  ['"é𝄞" + b', 'a', '"é𝄞" + a'],
  ['{"b": b, b.k: 1}', 'a', '{"b": a, a.k: 1}'],
  ['b.map(x, x + b)', 'a', 'a.map(x, x + a)'],
  ['(b)[b]', 'a', '(a)[a]'],
  ['has(b.c) && has(nodes.b.c)', 'a', 'has(a.c) && has(nodes.a.c)'],
  // Not sure, so not done:
  ['has(b.c)', 'a-1', undefined],
  ['[1].map(b, b) == b', 'a', undefined],
  ['[1].map(a, a + b)', 'a', undefined],
  ['[1].map(nodes, b)', 'a', undefined],
  ['nodes[?"b"].c.orValue(1)', 'a', undefined],
  ['b +', 'a', undefined],
])('%s with b as %s', (source, to, renamed) => {
  expect(renameInExpression(source, new Set(['b', 'unused']), to)).toBe(renamed);
});
