import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { pageFolder } from './studio.ts';

const gzipKb = (file: string): number => gzipSync(readFileSync(join(pageFolder, file))).length / 1024;

/** A script of the page and all that it imports at once. */
function closure(first: string): readonly string[] {
  const reached = [first];
  for (const file of reached) {
    const text = readFileSync(join(pageFolder, file), 'utf8');
    for (const [, name = ''] of text.matchAll(/(?:\bfrom|\bimport)"\.\/([\w-]+\.js)"/g))
      if (!reached.includes(name)) reached.push(name);
  }
  return reached;
}

test('the page loads at most 150 KB of script (gzip) before its lazy parts, and a kernel of at most 8 KB', () => {
  const main = closure('main.js').reduce((sum, file) => sum + gzipKb(file), 0);
  const all = readdirSync(pageFolder).filter((file) => file.endsWith('.js'));
  expect(all.length).toBeGreaterThan(closure('main.js').length);
  expect(main).toBeGreaterThan(20);
  expect(main).toBeLessThanOrEqual(150);
  expect(gzipKb('kernel.wasm')).toBeLessThanOrEqual(8);
});

test('no file of the page has code inside its markup', () => {
  const html = readFileSync(join(pageFolder, 'index.html'), 'utf8');
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>|\son\w+=|\sstyle=|<style|javascript:/i);
  const policy = /http-equiv="Content-Security-Policy"\s+content="([^"]*)"/.exec(html)?.[1] ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/'unsafe-inline'|'unsafe-eval'|script-src[^;]*\*/);
});
