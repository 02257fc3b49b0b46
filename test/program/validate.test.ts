import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { errorCodes } from '../../src/errors.ts';
import { parseDocument } from '../../src/program/parse.ts';
import { validateProgram } from '../../src/program/validate.ts';

const program = (nodes: unknown, more: object = {}) => ({ heddle: 1, name: 'p', nodes, ...more });
const m = { module: 'm' };

function errorsOf(document: unknown, modules?: ReadonlySet<string>) {
  const validation = validateProgram(document, modules === undefined ? {} : { modules });
  return validation.ok ? [] : validation.errors;
}
const told = (document: unknown, modules?: ReadonlySet<string>) =>
  errorsOf(document, modules).map(({ code, path }) => [code, path]);

describe('each code, with its path', () => {
  test.each([
    ['CYCLE', program({ a: { ...m, needs: ['c'] }, b: { ...m, needs: ['a'] }, c: { ...m, needs: ['b'] } }), 'nodes.a'],
    ['UNKNOWN_NODE', program({ a: { ...m, with: { x: '${retreive.y}' } } }), 'nodes.a.with'],
    ['UNKNOWN_NODE', program({ a: { ...m, needs: ['b'] } }), 'nodes.a.needs[0]'],
    ['UNKNOWN_NODE', program({ a: m }, { outputs: { x: '${b}' } }), 'outputs.x'],
    ['DUPLICATE_ID', { modules: ['a', 'a'] }, 'modules[1]'],
    ['SELF_LOOP', program({ a: { ...m, needs: ['a'] } }), 'nodes.a.needs[0]'],
    ['SELF_LOOP', program({ a: { ...m, with: { x: '${a.x}' } } }), 'nodes.a.with'],
    ['BAD_EXPRESSION', program({ a: { ...m, with: { deep: ['${1 +}'] } } }), 'nodes.a.with.deep[0]'],
    ['BAD_EXPRESSION', program({ a: { ...m, if: '(' } }), 'nodes.a.if'],
    ['BAD_EXPRESSION', program({ a: { ...m, with: { x: '${input.x' } } }), 'nodes.a.with.x'],
    ['BAD_EXPRESSION', program({ a: { ...m, with: { x: '${nodes[input.x]}' } } }), 'nodes.a.with.x'],
    ['BAD_SCHEMA', program({ a: { ...m, retrys: {} } }), 'nodes.a.retrys'],
    ['BAD_SCHEMA', program({ a: { ...m, retry: { attempts: 'many' } } }), 'nodes.a.retry.attempts'],
    ['BAD_SCHEMA', program({ a: {} }), 'nodes.a'],
    ['BAD_SCHEMA', program({ a: m }, { heddle: 2 }), 'heddle'],
    ['BAD_SCHEMA', program({}), 'nodes'],
    ['LIMIT_EXCEEDED', program({ a: { ...m, retry: { attempts: 5000 } } }), 'nodes.a.retry.attempts'],
    ['LIMIT_EXCEEDED', program({ ['x'.repeat(300)]: m }), `nodes.${'x'.repeat(40)}…`],
    ['RESERVED_ID', program({ input: m }), 'nodes.input'],
    ['RESERVED_ID', JSON.parse('{"heddle":1,"name":"p","nodes":{"__proto__":{"module":"m"}}}'), 'nodes.__proto__'],
    ['RESERVED_ID', program({ constructor: m }), 'nodes.constructor'],
    ['RESERVED_ID', program({ '': m }), 'nodes.'],
  ])('%s: %j', (code, document, path) => {
    expect(told(document)).toContainEqual([code, path]);
  });

  test('UNKNOWN_MODULE, where the modules are known, for fallback and compensation too', () => {
    const nodes = { a: { module: 'retreive', fallback: { module: 'nope' }, compensate: { module: 'neither' } } };
    const errors = errorsOf(program(nodes), new Set(['retrieve']));
    expect(errors.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'UNKNOWN_MODULE nodes.a.module',
      'UNKNOWN_MODULE nodes.a.fallback.module',
      'UNKNOWN_MODULE nodes.a.compensate.module',
    ]);
  });
});

test('all errors come at once, with what may have been meant', () => {
  const errors = errorsOf(
    program({
      retriever: m,
      a: { ...m, needs: ['retreiver'] },
      b: { ...m, trigger: 'sucess' },
      c: { ...m, with: { x: '${(}' } },
    }),
  );
  expect(errors.map(({ code }) => code).sort()).toEqual(['BAD_EXPRESSION', 'BAD_SCHEMA', 'UNKNOWN_NODE']);
  expect(errors.find(({ code }) => code === 'UNKNOWN_NODE')?.hint).toBe('did you mean retriever?');
  expect(errors.find(({ code }) => code === 'BAD_SCHEMA')?.hint).toBe('did you mean success?');
});

test('a cycle is a real one', () => {
  const nodes = {
    a: { ...m, needs: ['d'] },
    b: { ...m, needs: ['a'] },
    c: { ...m, with: { x: '${b}' } },
    d: { ...m, needs: ['c', 'free'] },
    free: m,
  };
  const [error] = errorsOf(program(nodes));
  expect(error).toMatchObject({ code: 'CYCLE', details: { cycle: ['a', 'b', 'c', 'd'] } });
});

test('a chain of 100,000 nodes is fine, and a longer one LIMIT_EXCEEDED at once', () => {
  const chain = (count: number) =>
    program(
      Object.fromEntries(
        Array.from({ length: count }, (_, n) => [`n${n}`, n === 0 ? m : { ...m, needs: [`n${n - 1}`] }]),
      ),
    );
  const timed = (count: number) => {
    const [document, startedMs] = [chain(count), performance.now()];
    return { told: told(document), tookMs: performance.now() - startedMs };
  };
  const [fine, longer] = [timed(100_000), timed(100_001)];
  expect([fine.told, longer.told]).toEqual([[], [['LIMIT_EXCEEDED', 'nodes']]]);
  // It is not read to its end first.
  expect(longer.tookMs).toBeLessThan(fine.tookMs);
});

test('the short form is the long one', () => {
  const validation = validateProgram({
    modules: ['retriever', { id: 'generator', module: 'text.generate@2' }],
    dependencies: { generator: ['retriever'] },
  });
  expect(validation).toEqual({
    ok: true,
    program: {
      heddle: 1,
      name: 'program',
      nodes: expect.objectContaining({
        retriever: { module: 'retriever' },
        generator: { module: 'text.generate@2', needs: ['retriever'] },
      }),
    },
  });
});

const cyclic: Record<string, unknown> = {};
cyclic.self = cyclic;
const deep = (depth: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = { a: value };
  return value;
};

test.each([
  ['a cyclic object', program({ a: { ...m, with: cyclic } })],
  ['an object nested 100,000 deep', program({ a: { ...m, with: deep(100_000) } })],
  ['a date', program({ a: { ...m, with: { at: new Date(0) } } })],
  ['a bigint', program({ a: { ...m, with: { n: 1n } } })],
  ['NaN', program({ a: { ...m, with: { n: Number.NaN } } })],
  ['a lone surrogate', program({ a: { ...m, with: { s: '\ud800' } } })],
  ['a list with a hole', program({ a: { ...m, with: new Array(3) } })],
  ['a function', program({ a: { ...m, with: { f: () => 1 } } })],
  ['null', null],
  ['a text', 'x'],
  ['a list', [1]],
  ['undefined', undefined],
])('%s gets typed errors with a path', (_, document) => {
  const errors = errorsOf(document);
  expect(errors.length).toBeGreaterThan(0);
  for (const { code, path } of errors) {
    expect(Object.keys(errorCodes)).toContain(code);
    expect(path).toBeTypeOf('string');
  }
});

test('5,000 hostile documents: always a verdict, never a throw, and no prototype is touched', () => {
  const before = Object.getOwnPropertyNames(Object.prototype).join();
  const names = fc.oneof(
    fc.constantFrom('__proto__', 'constructor', 'toString', 'a', 'b', 'nodes', 'item', '', '\u202e', 'é'),
    fc.string({ maxLength: 5 }),
  );
  const texts = fc.oneof(
    fc.constantFrom('${a}', '${b.c[0]}', '${', '${{}}', '$${x}', '${nodes["a"]}', '${input.x + 1}', '${a.map(x, x.y)}'),
    fc.string(),
  );
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof(
      { depthSize: 'small' },
      texts,
      fc.double(),
      fc.constant(null),
      fc.boolean(),
      fc.array(tie('json'), { maxLength: 3 }),
      fc.dictionary(names, tie('json'), { maxKeys: 3 }),
    ),
  }));
  const keys = fc.constantFrom(
    'module',
    'with',
    'needs',
    'if',
    'join',
    'forEach',
    'retry',
    'fallback',
    'trigger',
    'timeoutMs',
    'unknown',
  );
  const nodes = fc.dictionary(names, fc.dictionary(keys, json, { maxKeys: 4 }), { maxKeys: 5 });
  fc.assert(
    fc.property(
      fc.oneof(
        json,
        nodes.map((each) => program(each)),
      ),
      (document) => {
        const validation = validateProgram(document);
        if (!validation.ok) for (const { code } of validation.errors) expect(Object.keys(errorCodes)).toContain(code);
      },
    ),
    { numRuns: 5000 },
  );
  expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(before);
});

describe('texts', () => {
  test('JSON nested 100,000 deep is LIMIT_EXCEEDED, and so is YAML', () => {
    for (const text of [
      `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
      `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
      `a: ${'['.repeat(100_000)}`,
    ]) {
      expect(() => parseDocument(text)).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED', path: '$' }));
    }
  });
  test('a key that stands twice is DUPLICATE_ID, in JSON and in YAML', () => {
    expect(() => parseDocument('{"nodes":{"a":{},"a":{}}}')).toThrow(expect.objectContaining({ code: 'DUPLICATE_ID' }));
    expect(() => parseDocument('nodes:\n  a: {}\n  a: {}\n')).toThrow(
      expect.objectContaining({ code: 'DUPLICATE_ID', path: 'line 3, column 3' }),
    );
  });
  test('JSON without such a key is what JSON.parse says, with one it is refused', () => {
    const keyed = fc.uniqueArray(fc.string({ unit: fc.constantFrom('a', ':', '"', '\\\\', '{', '_', '\u00e9') }), {
      minLength: 1,
    });
    fc.assert(
      fc.property(keyed, fc.jsonValue({ maxDepth: 3 }), fc.nat(), (keys, value, at) => {
        const members = keys.map((key) => `${JSON.stringify(key)} : ${JSON.stringify(value)}`);
        const text = `{"list":[{${members.join(' ,')}}]}`;
        expect(JSON.stringify(parseDocument(text))).toBe(JSON.stringify(JSON.parse(text)));
        const twice = `{"list":[{${[...members, members[at % members.length]].join()}}]}`;
        expect(() => parseDocument(twice)).toThrow(expect.objectContaining({ code: 'DUPLICATE_ID' }));
      }),
      { numRuns: 500 },
    );
  });
  test('what is neither JSON nor YAML says where', () => {
    expect(() => parseDocument('{"a": 1,,}')).toThrow(expect.objectContaining({ code: 'BAD_SYNTAX' }));
    expect(() => parseDocument('a: [1\nb: 2')).toThrow(
      expect.objectContaining({ code: 'BAD_SYNTAX', path: expect.stringMatching(/line/) }),
    );
  });
  test('an alias bomb is refused', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefghi'.split('').map((key, index) => `${key}: &${key} [${Array(9).fill(`*${'abcdefgh'[index]}`)}]`),
    ].join('\n');
    expect(() => parseDocument(bomb)).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }));
  });
  test('5,000 texts: data or a typed error', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.string().map((text) => `a: ${text}`),
        ),
        (text) => {
          try {
            parseDocument(text);
          } catch (thrown) {
            expect(Object.keys(errorCodes)).toContain((thrown as { code: string }).code);
          }
        },
      ),
      { numRuns: 5000 },
    );
  });
});
