import { describe, expect, test } from 'vitest';
import { compileExpression } from '../../src/program/expression.ts';
import type { Scope } from '../../src/program/scope.ts';
import { compileTemplate } from '../../src/program/template.ts';
import type { Value } from '../../src/program/value.ts';

const pixels = Float32Array.of(1, 2);
const scope: Scope = {
  input: { n: 3, question: 'why?', list: [1, 2, 3], flag: true, big: { deep: [{ x: 1 }] } },
  nodes: new Map<string, Value>([
    ['retrieve', { passages: ['a', 'b'], image: pixels }],
    ['a-b', { x: 1 }],
    ['skipped', null],
  ]),
  executionId: 'ex_1',
  item: { k: 2 },
  index: 1,
};
const evaluate = (source: string): Value => compileExpression(source, 'p').evaluate(scope);

describe('expressions', () => {
  test.each<[string, Value]>([
    ['item.k + 1', 3],
    ['1 + item.k', 3],
    ['item.k / 4', 0.5],
    ['index % 2', 1],
    ['input.n == 3', true],
    ['input.n >= 2.5', true],
    ['size(input.list) > 2', true],
    ['input.list[index]', 2],
    ['input.list.map(x, x * 2)', [2, 4, 6]],
    ['input.list.filter(x, x > index)', [2, 3]],
    ['{"a": input.list, "b": index}', { a: [1, 2, 3], b: 1 }],
    ['retrieve.passages[0] + "!"', 'a!'],
    ['nodes["a-b"].x', 1],
    ['execution.id', 'ex_1'],
    ['has(input.missing)', false],
    ['input.?missing.orValue("none")', 'none'],
    ['skipped == null', true],
    ['input.flag ? "yes" : "no"', 'yes'],
    ['size(retrieve.image)', 2],
    ['size("three")', 5],
  ])('%s', (source, expected) => {
    expect(evaluate(source)).toEqual(expected);
  });

  test('a path passes the very value on, without a copy', () => {
    expect(evaluate('retrieve.image')).toBe(pixels);
    expect(evaluate('input.big')).toBe((scope.input as { big: Value }).big);
  });

  test.each([
    'input.constructor',
    'input.__proto__',
    'item.k.toString',
    'input.missing',
    'input.list[9]',
    'missing.x',
    '1 / 0',
    '9007199254740993',
  ])('%s is refused at run time', (source) => {
    expect(() => evaluate(source)).toThrow(expect.objectContaining({ code: 'BAD_EXPRESSION', path: 'p' }));
  });

  test('references are the nodes, not the scope, and not what a macro binds', () => {
    const { references } = compileExpression(
      'a.map(x, x + b.y + input.z).size() + nodes["c d"].e + item.f + index',
      'p',
    );
    expect([...references.nodes]).toEqual(['a', 'b', 'c d']);
  });

  test('a node called as a CEL type is refused where it would be taken for the type', () => {
    for (const source of ['list', 'list.n + 1', 'map == null', 'string.x'])
      expect(() => compileExpression(source, 'p')).toThrow(
        expect.objectContaining({ code: 'BAD_EXPRESSION', hint: expect.stringContaining('nodes["') }),
      );
    expect([...compileExpression('nodes["list"].n + 1', 'p').references.nodes]).toEqual(['list']);
    expect(compileExpression('[1].map(type, type + 1)', 'p').references.nodes.size).toBe(0);
  });

  test('an expression that is too long or too deep is refused', () => {
    expect(() => compileExpression('1 + '.repeat(2000).concat('1'), 'p')).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    );
    expect(() => compileExpression(`${'('.repeat(500)}1${')'.repeat(500)}`, 'p')).toThrow(
      expect.objectContaining({ code: 'BAD_EXPRESSION' }),
    );
  });
});

describe('templates', () => {
  const bind = (template: Parameters<typeof compileTemplate>[0]): Value => compileTemplate(template, 'p').bind(scope);

  test('one expression alone keeps its type; a mixture is text', () => {
    expect(bind('${input.n}')).toBe(3);
    expect(bind('n is ${input.n}, list is ${input.list}')).toBe('n is 3, list is [1,2,3]');
  });
  test('braces and quotes inside an expression do not end it', () => {
    expect(bind('${ {"a}": "}"}["a}"] }')).toBe('}');
  });
  test('$${ is a literal', () => {
    expect(bind('costs $${n} and ${input.n}')).toBe('costs ${n} and 3');
  });
  test('every string of a value is bound', () => {
    expect(bind({ a: ['${index}', { b: '${input.question}' }], c: 1 })).toEqual({ a: [1, { b: 'why?' }], c: 1 });
  });
  test('a typed array is no text', () => {
    expect(() => bind('see ${retrieve.image}')).toThrow(expect.objectContaining({ code: 'BAD_EXPRESSION' }));
  });
});
