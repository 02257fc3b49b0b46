import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CHROMIUM_FLAGS, chromiumPath } from '../support/chromium.ts';
import { servePage } from './serve-page.ts';

const root = new URL('../..', import.meta.url).pathname;
const guide = readFileSync(`${root}docs/browser.md`, 'utf8');
const files = [...guide.matchAll(/^```\w+ (\S+)\n([\s\S]*?)^```$/gm)].map(([, name = '', text = '']) => ({
  name,
  text,
}));

const site = mkdtempSync(join(tmpdir(), 'heddle-example-'));
let server: Server;
let url: string;
let browser: Browser;
beforeAll(async () => {
  for (const { name, text } of files) writeFileSync(join(site, name), text);
  await build({
    entryPoints: ['page.js', 'worker.js'].map((name) => join(site, name)),
    outdir: site,
    allowOverwrite: true,
    bundle: true,
    splitting: true,
    format: 'esm',
    alias: { 'heddle/browser': `${root}src/browser.ts` },
    logLevel: 'error',
  });
  copyFileSync(`${root}dist/kernel.wasm`, join(site, 'kernel.wasm'));
  ({ server, url } = await servePage(site));
  browser = await chromium.launch({ executablePath: chromiumPath(), headless: true, args: [...CHROMIUM_FLAGS] });
}, 60_000);
afterAll(async () => {
  await browser.close();
  server.close();
  rmSync(site, { recursive: true, force: true });
}, 30_000);

test('the page of the guide has fifteen lines', () => {
  expect(files.map(({ name }) => name).sort()).toEqual(['index.html', 'page.js', 'worker.js']);
  expect(files.reduce((lines, { text }) => lines + text.trimEnd().split('\n').length, 0)).toBe(15);
});

test('the page of the guide shows its sum, also when it is reloaded in the middle', { timeout: 60_000 }, async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('favicon')) complaints.push(message.text());
  });
  const shown = (text: string) =>
    page.waitForFunction((wanted) => document.querySelector('output')?.value === wanted, text, { timeout: 30_000 });
  await page.goto(url);
  await shown('50 %');
  await page.reload();
  await shown('{"sum":3}');
  const executions = await page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const opening = indexedDB.open('heddle');
      opening.onsuccess = () => resolve(opening.result);
    });
    const request = database.transaction('executions').objectStore('executions').getAll();
    return new Promise<number>((resolve) => {
      request.onsuccess = () => resolve(request.result.length);
    });
  });
  expect(executions).toBe(1);
  expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);
  await context.close();
});
