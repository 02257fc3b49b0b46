import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('..', import.meta.url).pathname;
const read = (path: string): string => readFileSync(root + path, 'utf8');

interface Row {
  readonly specification: string;
  readonly promise: string;
  /** Undefined where nothing keeps it. */
  readonly keeper: string | undefined;
  readonly proof: { readonly file: string; readonly title: string } | { readonly open: string };
}

/** The rows of every table of docs/specifications.md, under the specification they are of. */
function rowsOf(document: string): readonly Row[] {
  let specification = '';
  return document.split('\n').flatMap((line) => {
    specification = /^## (S\d)/.exec(line)?.[1] ?? specification;
    const cells = /^\| (?!promise \|)(.+?) (?<!\\)\| ?(.*?) (?<!\\)\| (.+) \|$/.exec(line);
    if (cells === null || line.startsWith('|--')) return [];
    const [, promise = '', keeper = '', proof = ''] = cells;
    return [{ specification, promise, keeper: /^`(.+)`$/.exec(keeper)?.[1], proof: proofOf(proof) }];
  });
}

function proofOf(cell: string): Row['proof'] {
  const open = /^not yet: (.+)$/.exec(cell)?.[1];
  if (open !== undefined) return { open };
  const [, file = '', title = ''] = /^`(.+?)`: (.+)$/.exec(cell) ?? [];
  return { file, title: title.replaceAll('\\|', '|') };
}

/** Whether the file has a test, or an example, of exactly that title. */
function hasTest(file: string, title: string): boolean {
  const text = read(file);
  if (file.endsWith('.md')) return text.includes(`// ${title}\n`);
  return ["'", '"', '`'].some((quote) => {
    const at = text.indexOf(quote + title + quote);
    return at >= 0 && /(test|describe)[.(]|\]\s*\)\($|\)\($/.test(text.slice(Math.max(0, at - 200), at));
  });
}

const document = read('docs/specifications.md');
const rows = rowsOf(document);

test('every promise names a file that keeps it and a test that proves it, or says what is missing', () => {
  const wrong = rows.flatMap(({ promise, keeper, proof }) => {
    if ('open' in proof) return proof.open.endsWith('.') ? [] : [`${promise}: says no sentence`];
    if (keeper === undefined) return [`${promise}: is proved, but nothing keeps it`];
    const missing = [keeper, proof.file].filter((file) => file === '' || !existsSync(root + file));
    if (missing.length > 0) return [`${promise}: there is no ${missing.join(', no ')}`];
    return hasTest(proof.file, proof.title) ? [] : [`${promise}: ${proof.file} has no test '${proof.title}'`];
  });
  expect(wrong).toEqual([]);
});

test('no promise stands twice under one specification, and no row of a table is passed over', () => {
  const keys = rows.map(({ specification, promise }) => `${specification} ${promise}`);
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  const lines = document.split('\n').filter((line) => /^\| (?!promise \|)/.test(line));
  expect(rows.length).toBe(lines.length);
  expect(rows.length).toBeGreaterThan(400);
});

test('what is open is listed at the end', () => {
  const list = document.slice(document.indexOf('\n## Open\n'));
  const open = rows.filter(({ proof }) => 'open' in proof);
  expect(open.filter(({ promise }) => !list.includes(promise)).map(({ promise }) => promise)).toEqual([]);
  const told = ['S1', 'S2', 'S3', 'S4', 'S5'].map((specification) => {
    const own = rows.filter((row) => row.specification === specification);
    const missing = own.filter(({ proof }) => 'open' in proof).length;
    return `${specification}: ${own.length - missing} kept, ${missing} open`;
  });
  console.log(`promises: ${rows.length - open.length} kept, ${open.length} open (${told.join('; ')})`);
});
