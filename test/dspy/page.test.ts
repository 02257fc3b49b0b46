import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { servePage } from '../page/serve-page.ts';
import { launchPersistent } from '../support/chromium.ts';
import { ModelServer } from '../support/model-server.ts';
import { examples, unlucky } from './rag.ts';
import { askedAbout, ragAnswer } from './rag-answers.ts';

const root = new URL('../..', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'heddle-rag-page-'));
const profile = mkdtempSync(join(tmpdir(), 'heddle-rag-profile-'));
let models: ModelServer;
let pages: Server;
let url: string;

beforeAll(async () => {
  await build({
    entryPoints: ['page', 'worker'].map((name) => `${root}test/dspy/page/${name}.ts`),
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2024',
    logLevel: 'error',
  });
  copyFileSync(`${root}test/dspy/page/index.html`, join(folder, 'index.html'));
  copyFileSync(`${root}dist/kernel.wasm`, join(folder, 'kernel.wasm'));
  models = await new ModelServer(ragAnswer).start();
  const served = await servePage(folder);
  pages = served.server;
  url = `${served.url}?models=${encodeURIComponent(`${models.url}/openai`)}`;
}, 60_000);
afterAll(async () => {
  pages.close();
  await models.close();
  for (const each of [folder, profile]) rmSync(each, { recursive: true, force: true });
});
beforeEach(() => {
  models.answering = ragAnswer;
  models.calls.length = 0;
  models.answered.length = 0;
});

async function open() {
  const { context, pid } = await launchPersistent(profile);
  const page = context.pages()[0] ?? (await context.newPage());
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(url);
  await page.waitForSelector('body[data-ready]', { timeout: 20_000 });
  return { context, pid, page, complaints };
}

async function ask(page: Page, question: string): Promise<void> {
  await page.fill('#question', question);
  await page.click('#ask button');
}

test('a RAG program answers in the page, and its answer is seen as it comes', { timeout: 60_000 }, async () => {
  const { context, page, complaints } = await open();
  let goOn: () => void = () => undefined;
  const seen = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  models.answering = (call) => ({ text: ragAnswer(call), pace: (part) => (part === 6 ? seen : undefined) });
  await ask(page, 'Where was Karl born?');
  // The rest of the answer has not even been sent yet.
  await page.waitForFunction(() => (document.querySelector('#stream')?.textContent?.length ?? 0) > 20);
  const shown = await page.textContent('#stream');
  expect(await page.textContent('#answer')).toBe('');
  goOn();
  await page.waitForFunction(() => document.querySelector('#answer')?.textContent !== '');
  expect(await page.textContent('#answer')).toBe('Aachen');
  const whole = await page.textContent('#stream');
  expect(whole).toBe(ragAnswer(models.calls[0] as never));
  expect(whole?.startsWith(shown ?? '?')).toBe(true);
  expect(shown?.length).toBeLessThan(whole?.length ?? 0);
  expect(models.calls[0]?.headers.authorization).toBe('Bearer sk-of-the-user');
  expect(complaints).toEqual([]);
  await context.close();
});

test('compiled over twenty examples, killed half-way and resumed, it repeats not one paid call', {
  timeout: 90_000,
}, async () => {
  const first = await open();
  const underWay = new Promise<void>((resolve) => {
    models.answering = (call, index) => {
      if (index < 8) return ragAnswer(call);
      if (index === 11) resolve();
      return new Promise(() => undefined);
    };
  });
  await first.page.click('#compile');
  await underWay;
  process.kill(first.pid, 'SIGKILL');
  await first.context.close().catch(() => undefined);
  expect(models.answered.length).toBe(8);

  models.answering = ragAnswer;
  const { page, context, complaints } = await open();
  await page.click('#compile');
  await page.waitForFunction(() => document.querySelector('#demos')?.textContent !== '', undefined, {
    timeout: 60_000,
  });
  const names = examples.map(({ fields }) => /Where was (\w+)/.exec(String(fields.question))?.[1]).sort();
  expect(models.answered.map(askedAbout).sort()).toEqual(names);
  const demos: { reasoning?: string }[] = JSON.parse((await page.textContent('#demos')) ?? '');
  expect(demos.filter(({ reasoning }) => reasoning !== undefined).length).toBe(examples.length - unlucky.length);

  // The compiled program shows what it has learnt to the model.
  await ask(page, 'Where was Karl born?');
  await page.waitForFunction(() => document.querySelector('#answer')?.textContent === 'Aachen');
  expect(models.calls.at(-1)?.body.messages.length).toBe(2 + 2 * 18);
  expect(complaints).toEqual([]);
  await context.close();
});
