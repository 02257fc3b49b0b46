import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SeededRandom } from '../../../src/testing/seeded-random.ts';
import { launchPersistent } from '../../support/chromium.ts';
import { expectRightEnd, openInterruptible, startAndWait } from '../interrupted-run.ts';
import { open } from '../page.ts';
import { servePage } from '../serve-page.ts';
import { pageFolder } from '../studio.ts';

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
        if ((await page.textContent('#notice'))?.startsWith('Resumed')) resumed++;
        await expectRightEnd(page);
        if (round === moments.length) console.log(`${resumed} of ${round} kills left it unfinished`);
      },
    );

    test('most of them left it unfinished', () => {
      expect(resumed).toBeGreaterThanOrEqual(kills / 2);
    });
  });
}
