import { describe, expect, test } from 'vitest';
import { formats, readFormat } from '../../src/formats/index.ts';

const wf = { name: 'w', workflow: { specification: { tasks: [{ id: 'a', name: 'a', parents: [], children: [] }] } } };
const own = { heddle: 1, name: 'own', nodes: { a: { module: 'm' }, b: { module: 'm', with: { x: '${a.y}' } } } };
const short = { modules: ['retriever', 'generator'], dependencies: { generator: ['retriever'] } };

describe('recognition by content', () => {
  test.each([
    ['Heddle', own],
    ['Heddle short form', short],
    ['WfFormat', wf],
  ])('%s', (name, document) => {
    expect(readFormat(JSON.stringify(document)).format).toBe(name);
    expect(formats.filter((format) => format.recognises(document)).map((format) => format.name)).toEqual([name]);
  });

  test('YAML and JSON are the same to it', () => {
    const yaml = 'heddle: 1\nname: own\nnodes:\n  a: { module: m }\n  b: { module: m, with: { x: "${a.y}" } }\n';
    expect(readFormat(yaml).program).toEqual(readFormat(JSON.stringify(own)).program);
  });

  test('the file names the program when its text does not', () => {
    const { name: _, ...nameless } = wf;
    expect(readFormat(JSON.stringify(nameless), 'from-the-file').program.name).toBe('from-the-file');
    expect(readFormat(JSON.stringify(wf), 'from-the-file').program.name).toBe('w');
  });
});

describe('Heddle’s own format', () => {
  test('has no durations: lengths count nodes', () => {
    const { durations, timeUnit, program } = readFormat(JSON.stringify(short));
    expect([durations, timeUnit]).toEqual([undefined, 'unit']);
    expect(program.nodes.generator?.needs).toEqual(['retriever']);
  });

  test.each([
    [{ heddle: 2, name: 'n', nodes: { a: { module: 'm' } } }, 'BAD_SCHEMA'],
    [{ name: 'n', nodes: { a: { module: 'm' } } }, 'BAD_SCHEMA'],
    [{ heddle: 1, name: 'n', nodes: { a: { module: 'm', needs: ['b'] } } }, 'UNKNOWN_NODE'],
    [{ modules: ['a', 'a'] }, 'DUPLICATE_ID'],
  ])('tells what is wrong with %j', (document, code) => {
    expect(() => readFormat(JSON.stringify(document))).toThrow(expect.objectContaining({ code }));
  });
});

describe('a file of no known format', () => {
  test.each<[string, string]>([
    ['{"steps":[]}', 'an object with the keys steps'],
    ['{}', 'an empty object'],
    ['[1]', 'an array'],
    ['once upon a time', 'the text "once upon a time"'],
    ['', 'null'],
    ['42', 'the number 42'],
  ])('%s', (text, seen) => {
    expect(() => readFormat(text)).toThrow(
      expect.objectContaining({
        code: 'UNKNOWN_FORMAT',
        message: expect.stringContaining(seen),
        hint: expect.stringContaining('WfFormat'),
        details: { formats: formats.map(({ name }) => name) },
      }),
    );
  });

  test.each<[string, string, string]>([
    [
      'state of a DSPy program',
      JSON.stringify({ 'react.predict': { demos: [], signature: {} }, metadata: {} }),
      'loadState',
    ],
    ['source of VoxLogicA', '// a comment\nlet base = 3\nlet scale(x) = x * base\n', 'to_json'],
  ])('says what to do with the %s', (what, text, hint) => {
    expect(() => readFormat(text)).toThrow(
      expect.objectContaining({
        code: 'UNKNOWN_FORMAT',
        message: expect.stringContaining(what.split(' of ')[0] ?? ''),
        hint: expect.stringContaining(hint),
      }),
    );
  });

  test('shows only the first of many keys', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`key${index}`, 0]));
    expect(() => readFormat(JSON.stringify(many))).toThrow(/key7 and 92 more$/);
  });
});
