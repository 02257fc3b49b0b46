import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ChatAdapter, type Fields, JSONAdapter, loadState, type Module, Signature, saveState } from '../../src/dspy.ts';
import { isHeddleError } from '../../src/errors.ts';
import type { Value } from '../../src/program/value.ts';
import { BasicMultiHop, Gsm8k, InvoiceTotal, Scone, wikipediaReAct } from './programs.ts';
import { sample, samplesMissing } from './samples.ts';

/** Where Python's `splitlines()` ends a line, other than at a line feed: a message comes back with line feeds there. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is meant
const lineEnds = /[\r\v\f\x1c-\x1e\x85\u2028\u2029]/g;
const string = (maxLength: number) =>
  fc.string({ unit: 'grapheme', maxLength }).map((each) => each.replaceAll(lineEnds, ''));
/** Text that says no marker of a section, trimmed, as a model's is. */
const text = string(40).map((each) => each.replaceAll('[[', '').trim());
const values: { readonly [type: string]: fc.Arbitrary<Value> } = {
  str: text,
  int: fc.integer(),
  float: fc.double({ noNaN: true, noDefaultInfinity: true }).map((each) => (Object.is(each, -0) ? 0 : each)),
  bool: fc.boolean(),
  'list[str]': fc.array(string(12), { maxLength: 5 }),
  'dict[str, int]': fc.dictionary(
    fc.string({ minLength: 1, maxLength: 8 }).filter((key) => key !== '__proto__'),
    fc.integer(),
    { maxKeys: 4, noNullPrototype: true },
  ),
  'list[list[float]]': fc.array(
    fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }).map((each) => (Object.is(each, -0) ? 0 : each))),
    { maxLength: 3 },
  ),
  'Literal["yes", "no", "it\'s"]': fc.constantFrom('yes', 'no', "it's"),
  'str | None': fc.option(text.filter((each) => each !== 'None' && each !== 'null')),
};

const typedOutputs = fc.array(fc.constantFrom(...Object.keys(values)), { minLength: 1, maxLength: 5 }).chain((types) =>
  fc.record({
    signature: fc.constant(
      new Signature(`question -> ${types.map((type, index) => `out_${index}: ${type}`).join(', ')}`),
    ),
    outputs: fc.record(
      Object.fromEntries(types.map((type, index) => [`out_${index}`, values[type] ?? fc.constant(null)])),
      { noNullPrototype: true },
    ),
  }),
);

describe.each([
  ['ChatAdapter', new ChatAdapter()],
  ['JSONAdapter', new JSONAdapter()],
])('%s', (_, adapter) => {
  test('reads the answers of its own demonstrations', () => {
    fc.assert(
      fc.property(typedOutputs, ({ signature, outputs }) => {
        const demo = { question: 'q', ...outputs } as Fields;
        const answer = adapter.format(signature, [demo], { question: '?' })[2];
        expect(answer?.role).toBe('assistant');
        expect(adapter.parse(signature, answer?.content ?? '')).toEqual(outputs);
      }),
      { numRuns: 500 },
    );
  });

  test('any text is read or refused as BAD_OUTPUT', () => {
    const pieces = fc.array(
      fc.oneof(
        text,
        fc.constantFrom(
          '[[ ## out_0 ## ]]',
          '\n',
          '{',
          '}',
          '"out_0"',
          ':',
          '[',
          ']',
          ',',
          "'",
          '```json',
          'true',
          '1e999',
          '\\u00',
          '(',
        ),
      ),
      { maxLength: 25 },
    );
    fc.assert(
      fc.property(typedOutputs, pieces, ({ signature }, parts) => {
        try {
          expect(Object.keys(adapter.parse(signature, parts.join('')))).toEqual(
            signature.outputs.map(({ name }) => name),
          );
        } catch (thrown) {
          expect(isHeddleError(thrown) && thrown.code).toBe('BAD_OUTPUT');
        }
      }),
      { numRuns: 500 },
    );
  });
});

test('any text is a signature or refused as BAD_SYNTAX', () => {
  const pieces = fc.array(
    fc.constantFrom(
      'a',
      'b: int',
      '->',
      ',',
      ' ',
      'list[',
      ']',
      'Literal["x"]',
      '|',
      'None',
      ':',
      '"',
      '.',
      '...',
      '1',
      'Optional[str]',
    ),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(pieces, (parts) => {
      try {
        const signature = new Signature(parts.join(''));
        expect(new Signature(JSON.parse(JSON.stringify(signature)))).toEqual(signature);
      } catch (thrown) {
        expect(isHeddleError(thrown) && thrown.code).toBe('BAD_SYNTAX');
      }
    }),
    { numRuns: 1000 },
  );
});

describe.skipIf(samplesMissing)('damaged states', () => {
  const files: readonly (readonly [string, () => Module])[] = [
    ['saved_program.json', wikipediaReAct],
    ['invoice_flex.json', () => new InvoiceTotal()],
    ['basicmh_3_3_6.json', () => new BasicMultiHop()],
    ['scone-cot_fewshot-turbo-gpt4-demos.json', () => new Scone()],
    ['turbo_8_8_10_gsm8k_200_300.json', () => new Gsm8k()],
  ];
  const junk = fc.constantFrom<Value>(null, 0, '', 'x', [], {}, [null], [[]], { a: 1 }, true);

  /** Every place in a document. */
  function placesOf(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
    if (typeof value !== 'object' || value === null) return [path];
    return [
      path,
      ...Object.entries(value)
        .slice(0, 30)
        .flatMap(([key, inner]) => placesOf(inner, [...path, key])),
    ];
  }

  function damaged(whole: unknown, path: readonly string[], value: Value | undefined): unknown {
    const [key, ...rest] = path;
    if (key === undefined) return value;
    const copy = (Array.isArray(whole) ? [...whole] : { ...(whole as object) }) as Record<string, unknown>;
    if (rest.length === 0 && value === undefined) delete copy[key];
    else copy[key] = damaged(copy[key], rest, value);
    return copy;
  }

  test.each(files)('%s: loaded or refused with a code, all of it or nothing', (name, make) => {
    const whole = JSON.parse(sample(name));
    const places = placesOf(whole);
    fc.assert(
      fc.property(
        fc.constantFrom(...places),
        fc.option(junk, { nil: undefined }),
        fc.boolean(),
        (path, value, migrate) => {
          const state = damaged(whole, path, value);
          const program = make();
          const before = saveState(program);
          try {
            const loaded = loadState(program, state as never, { migrate });
            expect(saveState(program, loaded)).toBeTypeOf('object');
          } catch (thrown) {
            expect(isHeddleError(thrown), String(thrown)).toBe(true);
            expect(saveState(program)).toEqual(before);
          }
        },
      ),
      { numRuns: 120 },
    );
  });
});
