import { describe, expect, test } from 'vitest';
import { inferPrefix } from '../../src/dspy/prefix.ts';
import { Signature, typeName } from '../../src/dspy.ts';

describe('the string grammar', () => {
  test('types and default', () => {
    const { inputs, outputs, instructions } = new Signature('question: str, n: int -> answer, scores: list[float]');
    expect([...inputs, ...outputs].map(({ name, type }) => `${name}: ${typeName(type)}`)).toEqual([
      'question: str',
      'n: int',
      'answer: str',
      'scores: list[float]',
    ]);
    expect(instructions).toBe('Given the fields `question`, `n`, produce the fields `answer`, `scores`.');
  });

  test.each([
    ['Literal["a, b", "->"]', "Literal['a, b', '->']"],
    ['typing.List[str]', 'list[str]'],
    ['dict[str, list[int]]', 'dict[str, list[int]]'],
    ['Optional[str]', 'Union[str, NoneType]'],
    ['int | float | None', 'UnionType[int, float, NoneType]'],
    ['tuple[int, ...]', 'tuple[int, Ellipsis]'],
    ['Any', 'Any'],
    ['list', 'list'],
  ])('%s is shown as %s', (type, name) => {
    const signature = new Signature(`x -> y: ${type}`);
    expect(signature.outputs.map((field) => typeName(field.type))).toEqual([name]);
    expect(new Signature(signature.toJSON())).toEqual(signature);
  });

  test('a type of one’s own comes with its schema', () => {
    const types = { Person: { type: 'object', required: ['name'] } };
    const signature = new Signature('text -> people: list[Person]', { types });
    expect(new Signature(JSON.parse(JSON.stringify(signature)))).toEqual(signature);
    expect(signature.outputSchema.properties).toEqual({ people: { type: 'array', items: types.Person } });
  });

  test.each([
    ['', 'no arrow'],
    ['question', 'no arrow'],
    ['a -> b -> c', 'two arrows'],
    ['a ->', 'no output'],
    ['a -> a', 'twice'],
    ['a b -> c', 'no field'],
    ['a, , b -> c', 'empty field'],
    ['a -> b: Foo', 'unknown type'],
    ['a -> b: list[', 'no end'],
    ['a -> b: list[str] x', 'too much'],
    ['a -> b: Literal[]', 'empty literal'],
    ['1a -> b', 'no name'],
  ])('%j is refused: %s', (text) => {
    expect(() => new Signature(text)).toThrow(
      expect.objectContaining({ code: 'BAD_SYNTAX', hint: expect.any(String) }),
    );
  });
});

test('objects with descriptions and instructions', () => {
  const signature = new Signature({
    instructions: 'Answer.',
    inputs: [{ name: 'question', description: 'what to find out' }],
    outputs: [{ name: 'n', type: 'int', default: 0 }],
  });
  expect(signature.instructions).toBe('Answer.');
  expect(signature.fields.map(({ prefix, description }) => [prefix, description])).toEqual([
    ['Question:', 'what to find out'],
    ['N:', '${n}'],
  ]);
  expect(`${signature}`).toBe('question -> n');
});

test.each([
  ['isHTTPSSecure123', 'Is HTTPS Secure 123'],
  ['search_query', 'Search Query'],
  ['next_tool_args', 'Next Tool Args'],
  ['camelCaseName', 'Camel Case Name'],
  ['some_ID', 'Some ID'],
])('the prefix of %s is %s', (name, prefix) => {
  expect(inferPrefix(name)).toBe(prefix);
});
