import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renameInTemplate } from '../../../src/program/compile/rename-template.ts';
import { compileTemplate } from '../../../src/program/template.ts';

test('only what refers to the node changes', () => {
  const template = { b: ['${b}', 1, null, { deep: 'b ${ b.x } $${b} ${c}' }], c: '${ c }' };
  expect(renameInTemplate(template, new Set(['b']), 'a')).toEqual({
    b: ['${a}', 1, null, { deep: 'b ${a.x} $${b} ${c}' }],
    c: '${ c }',
  });
  expect(renameInTemplate(['${c}', '${[1].map(a, b)}'], new Set(['b']), 'a')).toBeUndefined();
});

test('a renamed text gives what the text gave', () => {
  const parts = fc.constantFrom('$', '$${', '{', '}', ' ', 'b', '"', '${b}', '${ "}" + b }', '${c + b}', '${c}');
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 8 }), (list) => {
      const text = list.join('');
      const give = (template: string, b: string): unknown => {
        try {
          const nodes = new Map([
            [b, 'of b'],
            ['c', 'of c'],
          ]);
          return compileTemplate(template, '').bind({ input: {}, nodes, executionId: 'ex' });
        } catch {
          return undefined;
        }
      };
      const before = give(text, 'b');
      fc.pre(before !== undefined);
      expect(give(renameInTemplate(text, new Set(['b']), 'a') as string, 'a')).toBe(before);
    }),
    { numRuns: 1000 },
  );
});
