import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { describeViolation, importsOf, violationsOf } from './support/architecture.ts';
import { importCircles } from './support/import-circles.ts';
import { unusedExports } from './support/unused-exports.ts';

const root = new URL('..', import.meta.url).pathname;

/** Files that stay longer than 250 lines, each with its reason. */
const longFiles: Readonly<Record<string, string>> = {};

const house = globSync('{src,workers,web}/**/*.{ts,tsx}', { cwd: root })
  .filter((path) => !path.endsWith('.d.ts'))
  .map((path) => ({ path, text: readFileSync(root + path, 'utf8') }));

test('the house keeps its layers, its purity and its size', () => {
  expect(house.length).toBeGreaterThan(0);
  expect(house.flatMap((file) => violationsOf(file, longFiles).map(describeViolation)).join('\n')).toBe('');
});

test('no files import one another, directly or by a way round, types included', () => {
  expect(importCircles(house, importsOf)).toEqual([]);
});

test('what is exported is used elsewhere', () => {
  const tests = globSync('{test,bench}/**/*.{ts,tsx}', {
    cwd: root,
    exclude: ['**/node_modules/**', 'bench/build/**'],
  });
  const users = [...house, ...tests.map((path) => ({ path, text: readFileSync(root + path, 'utf8') }))];
  const platformAsksFor = (path: string): boolean => /^src\/[\w-]+\.ts$|^workers\//.test(path);
  expect(
    unusedExports(
      house.filter(({ path }) => !platformAsksFor(path)),
      users,
    ),
  ).toEqual([]);
});

/** What the rules say of one planted file. */
const said = (path: string, text: string, long: Readonly<Record<string, string>> = {}): readonly string[] =>
  violationsOf({ path, text }, long).map(({ line, rule }) => `${line} ${rule}`);

describe('a planted violation is caught', () => {
  test.each([
    ['upward', 'src/kernel/a.ts', `import { b } from '../engine/b.ts';`],
    ['upward by type', 'src/engine/a.ts', `import type { B } from '../ports/b.ts';`],
    ['upward by an inline type', 'src/engine/a.ts', `import { type B } from '../host/b.ts';`],
    ['upward by import()', 'src/host/a.ts', `export const b = () => import('../api/b.ts');`],
    [
      'upward by import type',
      'src/plan/a.ts',
      `export let b: import('../engine/b.ts').B;`.replace('let', 'declare const'),
    ],
    ['upward by re-export', 'src/program/a.ts', `export * from '../plan/b.ts';`],
    ['upward by named re-export', 'src/program/a.ts', `export type { B } from '../plan/b.ts';`],
    [
      'upward by worker address',
      'src/host/a.ts',
      `export const url = () => new URL('../adapters/b.ts', import.meta.url);`,
    ],
    ['sideways', 'src/plan/a.ts', `import { b } from '../policy/b.ts';`],
    ['observe knows no ports', 'src/observe/a.ts', `import type { B } from '../ports/b.ts';`],
    ['one home knows another', 'src/adapters/edge/a.ts', `import { b } from '../node/b.ts';`],
    ['memory builds on a home', 'src/adapters/memory/a.ts', `import { b } from '../browser/b.ts';`],
    ['sql builds on a home', 'src/adapters/sql/a.ts', `import { b } from '../node/b.ts';`],
    ['up a room of the host', 'src/host/run/a.ts', `import type { B } from '../drive/b.ts';`],
    ['a new room of the host', 'src/host/attic/a.ts', `import { b } from '../drive/b.ts';`],
    ['out of the house', 'src/cli/a.ts', `import { b } from '../../test/b.ts';`],
    ['from the root of src down to up', 'src/host/a.ts', `import { b } from '../index.ts';`],
  ])('layer: %s', (_, path, text) => {
    expect(said(path, `// first line\n${text}\n`)).toEqual(['2 layer']);
  });

  test.each([
    ['src/host/a.ts', `import { readFileSync } from 'node:fs';`],
    ['src/browser.ts', `import { connect } from 'cloudflare:sockets';`],
  ])('platform: %s', (path, text) => {
    expect(said(path, text)).toEqual(['1 platform']);
  });

  test.each([
    ['new Date', 'export const f = () => new Date();'],
    ['Date.now', 'export const f = () => Date.now();'],
    ['Math.random', 'export const f = () => Math.random();'],
    ['async', 'export async function f() {}'],
    ['async arrow', 'export const f = async () => 1;'],
    ['async method', 'export class A { async f() {} }'],
    ['setTimeout', 'export const f = () => setTimeout(() => 1, 2);'],
    ['Promise', 'export const f = (): Promise<void> | undefined => undefined;'],
    ['console', 'export const f = () => console.log(1);'],
  ])('purity: %s', (_, text) => {
    expect(new Set(said('src/history/a.ts', text))).toEqual(new Set(['1 purity']));
    expect(said('src/host/a.ts', text)).toEqual([]);
  });

  test.each([
    'let count = 0;',
    'export let count = 0;',
    'var count = 0;',
    'const seen = new Map<string, number>();',
    'export const seen = new Set<string>();',
    'const known = new WeakMap();',
    'const scratch = new Float64Array(8);',
    'const queue: string[] = [];',
    'const cache = {};',
    'const table = { hits: 0 }; export function f() { table.hits += 1; }',
    'const table = { hits: 0 }; export function f() { table.hits++; }',
    'const list = [1]; export function f() { list.push(2); }',
    'const rows = { a: [1] }; export function f() { rows.a[0] = 2; }',
  ])('module state: %s', (text) => {
    expect(said('src/host/a.ts', text)).toEqual(['1 module state']);
  });

  test('circle', () => {
    const files = [
      { path: 'src/engine/a.ts', text: `import { c } from './room/c.ts';` },
      { path: 'src/engine/b.ts', text: `import { a } from './a.ts'; export type { D } from './d.ts';` },
      { path: 'src/engine/room/c.ts', text: `import type { B } from '../b.ts';` },
      { path: 'src/engine/d.ts', text: `import { x } from 'package';` },
    ];
    expect(importCircles(files, importsOf)).toEqual([['src/engine/a.ts', 'src/engine/room/c.ts', 'src/engine/b.ts']]);
  });

  test('unused export', () => {
    const files = [
      { path: 'src/a.ts', text: 'export function used() {}\nexport const dead = 1;\nexport interface Shape {}\n' },
      { path: 'src/b.ts', text: `import { used } from './a.ts';` },
    ];
    expect(unusedExports(files, files)).toEqual(['src/a.ts dead']);
  });

  test('eval', () => {
    expect(said('src/host/a.ts', 'export const f = new Function("return 1");')).toEqual(['1 eval']);
    expect(said('web/a.ts', 'eval("1");')).toEqual(['1 eval']);
  });

  test('length', () => {
    const long = '// line\n'.repeat(251);
    expect(said('src/host/a.ts', long)).toEqual(['251 length']);
    expect(said('src/host/a.ts', long, { 'src/host/a.ts': 'one table' })).toEqual([]);
    expect(said('src/host/a.ts', '// short\n', { 'src/host/a.ts': 'one table' })).toEqual(['1 length']);
  });

  test('syntax', () => {
    expect(said('src/host/a.ts', 'const = 1;')[0]).toMatch(/ syntax$/);
  });
});

describe('what is allowed stays silent', () => {
  test.each([
    [
      'downward',
      'src/engine/a.ts',
      `import { b } from '../policy/b.ts'; import { c } from './c.ts'; import { d } from '../errors.ts';`,
    ],
    ['ports read events', 'src/ports/a.ts', `import type { B } from '../engine/b.ts';`],
    [
      'a home builds on sql and memory',
      'src/adapters/node/a.ts',
      `import { b } from '../sql/b.ts'; import { c } from '../memory/c.ts';`,
    ],
    [
      'entries import anything below',
      'src/index.ts',
      `export * from './host/a.ts'; export * from './adapters/node/a.ts';`,
    ],
    [
      'shells import entries',
      'workers/index.ts',
      `export * from '../src/edge.ts'; import { DurableObject } from 'cloudflare:workers';`,
    ],
    [
      'the kernel reads the constants of its assembly',
      'src/kernel/a.ts',
      `import { NODES_MAX } from '../../assembly/shared/codes.ts';`,
    ],
    ['packages', 'src/program/a.ts', `import { encode } from 'cborg';`],
    ['a member called Date', 'src/program/a.ts', `export const f = (cel: { Date: 1 }) => ({ Date: cel.Date });`],
    [
      'constant tables',
      'src/host/a.ts',
      `const a: ReadonlyMap<string, number> = new Map(); const b: readonly string[] = []; const c = { d: 1 }; c.d;`,
    ],
    [
      'a local of the same name',
      'src/host/a.ts',
      `const list = [1]; export function f(list: number[]) { list.push(2); }`,
    ],
    ['a program of its own', 'src/cli/main.ts', `const interrupted = new AbortController();`],
    [
      'a regular expression and a symbol',
      'src/host/a.ts',
      `const a = /x/; const brand = Symbol.for('x'); const encoder = new TextEncoder();`,
    ],
  ])('%s', (_, path, text) => {
    expect(said(path, text)).toEqual([]);
  });
});
