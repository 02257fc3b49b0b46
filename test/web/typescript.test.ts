import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HeddleError } from '../../src/errors.ts';
import { parseDocument } from '../../src/program/parse.ts';
import type { Program } from '../../src/program/program.ts';
import { checkProgram } from '../../src/program/validate.ts';
import { sampleModules } from '../../src/samples/index.ts';
import { samples } from '../../src/samples/programs.ts';
import { readTypeScript } from '../../web/typescript/read-typescript.ts';
import { writeTypeScript } from '../../web/typescript/write-typescript.ts';

const read = (text: string) => readTypeScript(text, sampleModules);

/** What is said of a bad text: code and place of every error. */
function refusals(text: string): readonly string[] {
  try {
    read(text);
  } catch (thrown) {
    const { errors, code, path } = thrown as HeddleError;
    return (errors ?? [{ code, path }]).map((each) => `${each.code} at ${each.path}`);
  }
  return [];
}

/** The builder names versions; a file may leave them out. */
function withVersions(program: Program): Program {
  const versions = new Map(sampleModules.map(({ name, version }) => [name, `${name}@${version}`]));
  const nodes = Object.entries(program.nodes).map(([id, node]) => [
    id,
    node.module === undefined ? node : { ...node, module: versions.get(node.module) ?? node.module },
  ]);
  return { ...program, nodes: Object.fromEntries(nodes) };
}

const rag = `import { program } from 'heddle';
import { searchBm25 as search, textExtract } from 'heddle/modules';

interface Question { readonly question: string }
const k = 5;
const schema = { type: 'object', required: ['question'], properties: { question: { type: 'string' } } } as const;

const rag = program('rag', { inputs: schema, limits: { concurrency: 8 } })
  // finds what may answer it
  .node('retrieve', search, ({ input }) => ({ query: input.question, k }), { timeoutMs: 30_000 })
  .forEach('each', ({ retrieve }) => retrieve.passages, textExtract, ({ item, input: given }) => {
    return { question: \`\${given.question}?\`, passages: [item, -1, null] };
  }, { forEach: { maxParallel: 2 }, retry: { attempts: 3 } })
  .outputs((scope) => ({ answer: scope.each, first: scope.each[0], n: '\${size(each)}' }) satisfies object);
export default rag;
`;

describe('a program written as TypeScript', () => {
  test('is the program that the builder would make of it', () => {
    const { program, lines } = read(rag);
    expect(program).toEqual({
      heddle: 1,
      name: 'rag',
      inputs: { type: 'object', required: ['question'], properties: { question: { type: 'string' } } },
      limits: { concurrency: 8 },
      nodes: {
        retrieve: { module: 'search.bm25@1', with: { query: '${input.question}', k: 5 }, timeoutMs: 30000 },
        each: {
          module: 'text.extract@1',
          forEach: { items: '${retrieve.passages}', maxParallel: 2 },
          with: { question: '${input.question}?', passages: ['${item}', -1, null] },
          retry: { attempts: 3 },
        },
      },
      outputs: { answer: '${each}', first: '${each[0]}', n: '${size(each)}' },
    });
    expect(lines.get('nodes.retrieve')).toBe(10);
    expect(lines.get('nodes.each.with.question')).toBe(12);
    expect(lines.get('outputs.answer')).toBe(14);
    expect(() => checkProgram(program)).not.toThrow();
  });

  test.each(samples)('the sample $name is the same program after having been TypeScript', ({ program: text }) => {
    const program = checkProgram(parseDocument(text));
    const written = writeTypeScript(program, sampleModules);
    const again = checkProgram(read(written).program);
    expect(withVersions(again)).toEqual(withVersions(program));
    expect(Object.keys(again.nodes)).toEqual(Object.keys(program.nodes));
  });

  test('any template, text and policy comes back from TypeScript', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.constantFrom(
        '${input.a}',
        '${a}',
        'x ${a.b[0].c} `y',
        '${size(a)}',
        '$${',
        "it's",
        '\\${',
        'a\n"b"',
        '${new.b}',
      ),
    );
    const { template } = fc.letrec<{ template: unknown }>((tie) => ({
      template: fc.oneof(
        { maxDepth: 3 },
        text,
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0)),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('template'), { maxLength: 4 }),
        fc.dictionary(
          fc.string({ maxLength: 6 }).filter((key) => key !== '__proto__'),
          tie('template'),
          { maxKeys: 4 },
        ),
      ),
    }));
    fc.assert(
      fc.property(template, template, text, (first, second, summary) => {
        const program = {
          heddle: 1,
          name: 'any',
          description: summary,
          nodes: {
            a: { module: 'search.bm25@1', with: first, summary },
            new: { module: 'text.extract@1', with: second, needs: ['a'] },
          },
          outputs: { x: second },
        } as unknown as Program;
        expect(read(writeTypeScript(program, sampleModules)).program).toEqual(program);
      }),
      { numRuns: 300 },
    );
  });
});

describe('nothing of the text is run', () => {
  const bad: readonly (readonly [string, string, string])[] = [
    [
      'a call',
      "export default program('x').node('a', textExtract, () => ({ q: fetch('/') }))",
      'UNSUPPORTED at line 1, column 64',
    ],
    ['an import that is called', "export default program(import('./x.js'))", 'UNSUPPORTED at line 1, column 24'],
    ['a function', "function f() {}\nexport default program('x')", 'UNSUPPORTED at line 1, column 1'],
    ['a loop', "for (;;) {}\nexport default program('x')", 'UNSUPPORTED at line 1, column 1'],
    ['let', "let a = 1;\nexport default program('x')", 'UNSUPPORTED at line 1, column 1'],
    [
      'an operator',
      "export default program('x').outputs(({ input }) => ({\n  n: input.n + 1 }))",
      'UNSUPPORTED at line 2, column 6',
    ],
    [
      'a member of a constant that is not its own',
      'const a = {};\nexport default program(a.constructor)',
      'UNSUPPORTED at line 2, column 24',
    ],
    ['__proto__', "export default program('x', { __proto__: {} })", 'RESERVED_ID at line 1, column 31'],
    ['a spread', "const a = {};\nexport default program('x', { ...a })", 'UNSUPPORTED at line 2, column 31'],
    [
      'a name of the page',
      "export default program('x').outputs(() => ({ a: document.cookie }))",
      'UNKNOWN_NODE at line 1, column 49',
    ],
    ['a method', "export default program('x').constructor('return 1')", 'UNSUPPORTED at line 1, column 29'],
    ['the whole scope', "export default program('x').outputs((s) => ({ s }))", 'UNSUPPORTED at line 1, column 47'],
    ['a regular expression', "export default program('x', { limits: /a/ })", 'UNSUPPORTED at line 1, column 39'],
    ['a computed key', "const k = 'a';\nexport default program('x', { [k]: 1 })", 'UNSUPPORTED at line 2, column 32'],
    [
      'a module that is not there',
      "export default program('x').node('a', textExtrakt, () => ({}))",
      'UNKNOWN_MODULE at line 1, column 39',
    ],
    [
      'an id twice',
      "export default program('x')\n.node('a', textExtract, () => 1)\n.node('a', textExtract, () => 2)",
      'DUPLICATE_ID at line 3, column 7',
    ],
    ['no TypeScript', "export default program('x'", 'BAD_SYNTAX at line 1, column 27'],
    ['no program', 'const a = 1;', 'BAD_SYNTAX at line 1, column 1'],
  ];
  test.each(bad)('%s is refused, with its place', (_, text, told) => {
    expect(refusals(text)).toEqual([told]);
  });

  test('all that is wrong is told at once', () => {
    const text = `export default program('x')
  .node('a', nothing, () => ({}))
  .node('b', textExtract, () => ({ q: eval('1') }))
  .whatever()`;
    expect(refusals(text)).toEqual([
      'UNKNOWN_MODULE at line 2, column 14',
      'UNSUPPORTED at line 3, column 39',
      'UNSUPPORTED at line 4, column 4',
    ]);
  });

  test('a text that nests without end is refused', () => {
    expect(refusals(`export default ${'['.repeat(50_000)}`)[0]).toMatch(/LIMIT_EXCEEDED|BAD_SYNTAX/);
  });
});
