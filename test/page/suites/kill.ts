import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SeededRandom } from '../../../src/testing/seeded-random.ts';
import { launchPersistent } from '../../support/chromium.ts';
import { expectRightEnd, openInterruptible, startAndWait } from '../interrupted-run.ts';
import { open } from '../page.ts';
import { servePage } from '../serve-page.ts';
import { pageFolder } from '../studio.ts';

/** What the page says and what the browser keeps, when the end is not reached: the cause of one in a hundred cannot be tried out again. */
async function tellAndThrow(page: Page, profile: string, thrown: unknown): Promise<never> {
  const textOf = (selector: string): Promise<string | null> =>
    page.textContent(selector, { timeout: 1000 }).catch((why) => String(why));
  const folder = join(profile, 'Default/IndexedDB');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const listed = await page
    .evaluate(async () => {
      const opening = indexedDB.open('heddle');
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        opening.onsuccess = () => resolve(opening.result);
        opening.onerror = () => reject(opening.error);
      });
      const standings = database.transaction('standings').objectStore('standings').getAll();
      return new Promise((resolve) => {
        standings.onsuccess = () => resolve(standings.result);
      });
    })
    .catch(String);
  console.log('the page that came back did not reach the end', {
    notice: await textOf('#notice'),
    storage: await textOf('#storage'),
    progress: await textOf('#progress'),
    listed: JSON.stringify(listed),
    files: files.map((file) => `${file}: ${statSync(join(folder, file)).size} B`),
    // The last opening of the database, in the browser's words, and what it found damaged.
    logs: files
      .filter((file) => /(\/LOG(\.old)?|corruption_info.*)$/.test(file))
      .map((file) => `${file}: ${readFileSync(join(folder, file), 'utf8').slice(-2000)}`),
  });
  throw thrown;
}

/** SIGKILL of Chromium at so many moments of a run: it ends with the right result, and nothing that finished runs again. */
export function killSuite(kills: number): void {
  /** One profile for all: the browser that finds what the last one left is the next to be killed. */
  let profile: string;
  let server: Server;
  let url: string;
  let browser: Awaited<ReturnType<typeof launchPersistent>> | null = null;
  beforeAll(async () => {
    profile = mkdtempSync(join(tmpdir(), 'heddle-profile-'));
    ({ server, url } = await servePage(pageFolder));
  }, 60_000);
  afterAll(async () => {
    await browser?.context.close();
    server.close();
    rmSync(profile, { recursive: true, force: true });
  });

  const pageOf = async (context: BrowserContext) => context.pages()[0] ?? (await context.newPage());

  describe('SIGKILL of Chromium', () => {
    const seed = 4242;
    const random = new SeededRandom(seed);
    const moments = Array.from({ length: kills }, (_, index) => (index + random.next()) / kills);
    let resumed = 0;

    test.each(moments.map((moment, index) => [index + 1, moment] as const))(
      '%i: after %d of the run',
      { timeout: 60_000 },
      async (round, moment) => {
        if (browser === null) {
          browser = await launchPersistent(profile);
          await openInterruptible(await pageOf(browser.context), url);
        }
        const { context, pid } = browser;
        await startAndWait(await pageOf(context), moment);
        process.kill(pid, 'SIGKILL');
        await context.close().catch(() => undefined);

        browser = await launchPersistent(profile);
        const page = await pageOf(browser.context);
        await open(page, url);
        const wasUnfinished = await expectRightEnd(page).catch((thrown) => tellAndThrow(page, profile, thrown));
        if (wasUnfinished) resumed++;
        if (round === moments.length) console.log(`${resumed} of ${round} kills left it unfinished`);
      },
    );

    test('most of them left it unfinished', () => {
      expect(resumed).toBeGreaterThanOrEqual(kills / 2);
    });
  });
}
