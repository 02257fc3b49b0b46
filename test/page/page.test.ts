import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Prng } from '../sim/prng.ts';
import { CHROMIUM_FLAGS, chromiumPath, launchPersistent } from '../support/chromium.ts';
import { expectAnswer, expectNoneTwice, journalOf, open, start } from './page.ts';
import { servePage } from './serve-page.ts';

const root = new URL('../..', import.meta.url).pathname;
const artifacts = join(root, 'test/artifacts');

let server: Server;
let url: string;
let browser: Browser;
beforeAll(async () => {
  ({ server, url } = await servePage(join(root, 'dist/page')));
  browser = await chromium.launch({ executablePath: chromiumPath(), headless: true, args: [...CHROMIUM_FLAGS] });
  mkdirSync(artifacts, { recursive: true });
}, 60_000);
afterAll(async () => {
  await browser.close();
  server.close();
});

/** Milliseconds of an undisturbed run in this browser. */
async function undisturbedMs(): Promise<number> {
  const page = await (await browser.newContext()).newPage();
  await open(page, url);
  const startedMs = Date.now();
  await start(page);
  await expectAnswer(page);
  await page.context().close();
  return Date.now() - startedMs;
}

describe('the page', () => {
  test.each([
    ['light', 1280, 900],
    ['dark', 1280, 900],
    ['light', 360, 740],
    ['dark', 360, 740],
  ] as const)(
    'answers a question client-side, %s, %i wide, without an error or a horizontal scroll bar',
    { timeout: 60_000 },
    async (colorScheme, width, height) => {
      const context = await browser.newContext({ colorScheme, viewport: { width, height } });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      await open(page, url);
      expect(await page.textContent('#badges')).toContain('kernel: wasm');
      await start(page);
      await page.screenshot({ path: join(artifacts, `${colorScheme}-${width}-running.png`), fullPage: true });
      await expectAnswer(page);
      await page.screenshot({ path: join(artifacts, `${colorScheme}-${width}-done.png`), fullPage: true });
      expectNoneTwice(await journalOf(page));
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      expect(complaints).toEqual([]);
      await context.close();
    },
  );

  test('runs the image program and shows the picture', { timeout: 60_000 }, async () => {
    const page = await (await browser.newContext()).newPage();
    await open(page, url);
    await page.selectOption('#program', 'image');
    await page.keyboard.press('Tab');
    await start(page);
    await page.waitForSelector('#answer canvas', { timeout: 30_000 });
    expect(await page.textContent('#answer dl')).toContain('109.49');
    await page.screenshot({ path: join(artifacts, 'image-done.png'), fullPage: true });
    await page.context().close();
  });

  test('pauses, resumes and cancels by keyboard', { timeout: 60_000 }, async () => {
    const page = await (await browser.newContext()).newPage();
    await open(page, url);
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.keyboard.press('r');
    await page.waitForFunction(() => document.querySelector('#progress')?.getAttribute('data-status') === 'RUNNING');
    await page.keyboard.press(' ');
    await page.waitForFunction(() => document.querySelector('#progress')?.getAttribute('data-status') === 'PAUSED');
    expect(await page.textContent('#pause')).toBe('Resume');
    await page.keyboard.press('c');
    await page.waitForSelector('[data-testid=error]');
    expect(await page.getAttribute('#progress', 'data-status')).toBe('CANCELLED');
    await page.context().close();
  });
});

describe('a reload in the middle', () => {
  const seed = 20261121;
  const random = new Prng(seed);
  const moments = Array.from({ length: 10 }, (_, index) => (index + random.next()) / 10);
  let runMs: number;
  let resumed = 0;
  beforeAll(async () => {
    runMs = await undisturbedMs();
  }, 60_000);

  test.each(moments.map((moment, index) => [index + 1, moment] as const))(
    '%i: after %d of the run',
    { timeout: 60_000 },
    async (_, moment) => {
      const page = await (await browser.newContext()).newPage();
      await open(page, url);
      await start(page);
      await page.waitForTimeout(moment * runMs);
      await page.reload();
      await page.waitForSelector('body[data-ready]');
      if ((await page.textContent('#notice'))?.startsWith('Resumed')) resumed++;
      await expectAnswer(page);
      expectNoneTwice(await journalOf(page));
      await page.context().close();
    },
  );

  test('most of them found it unfinished', () => {
    expect(resumed).toBeGreaterThanOrEqual(6);
  });
});

describe('SIGKILL of Chromium', () => {
  const seed = 4242;
  const random = new Prng(seed);
  const moments = Array.from({ length: 20 }, (_, index) => (index + random.next()) / 20);
  let runMs: number;
  beforeAll(async () => {
    runMs = await undisturbedMs();
  }, 60_000);

  test.each(moments.map((moment, index) => [index + 1, moment] as const))(
    '%i: after %d of the run',
    { timeout: 60_000 },
    async (_, moment) => {
      const profile = mkdtempSync(join(tmpdir(), 'heddle-profile-'));
      const first = await launchPersistent(profile);
      const page = first.context.pages()[0] ?? (await first.context.newPage());
      await open(page, url);
      await start(page);
      await page.waitForTimeout(moment * runMs);
      process.kill(first.pid, 'SIGKILL');
      await first.context.close().catch(() => undefined);

      const second = await launchPersistent(profile);
      const again = second.context.pages()[0] ?? (await second.context.newPage());
      await open(again, url);
      await expectAnswer(again);
      expectNoneTwice(await journalOf(again));
      await second.context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  );
});
