import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { SeededRandom } from '../../src/testing/seeded-random.ts';
import { launchPersistent } from '../support/chromium.ts';
import type { TabServer } from './serve-tabs.ts';
import { chain, endOf, expectChain, openTab, tryStart } from './tab-driver.ts';

export const waysToDie = ['reload', 'tab kill', 'renderer crash', 'browser SIGKILL'] as const;
const length = 8;
const taskMs = 60;

/**
 * Programs cut off at random moments, each in one of these ways; every one of them goes on by itself and ends right, with nothing
 * run again that had finished.
 * @returns how many were really unfinished when the page came back
 */
export async function dieAndResume({ url }: TabServer, times: number, seed: number): Promise<number> {
  const random = new SeededRandom(seed);
  const profile = mkdtempSync(join(tmpdir(), 'heddle-deaths-'));
  let browser = await launchPersistent(profile);
  let page = await openTab(browser.context, url);
  let unfinished = 0;
  for (let time = 0; time < times; time++) {
    const way = waysToDie[time % waysToDie.length];
    const id = `death-${time}`;
    await tryStart(page, id, chain(length, taskMs));
    await page.waitForTimeout(random.next() * length * taskMs);
    if (way === 'reload') await reload(page);
    else if (way === 'browser SIGKILL') {
      process.kill(browser.pid, 'SIGKILL');
      await browser.context.close().catch(() => undefined);
      browser = await launchPersistent(profile);
      page = await openTab(browser.context, url);
    } else {
      await (way === 'tab kill' ? page.close() : crash(page));
      page = await openTab(browser.context, url);
    }
    if (await page.evaluate((name) => window.tab.resumed.some((handle) => handle.id === name), id)) unfinished++;
    expectChain(await endOf(page, id), length);
  }
  await browser.context.close();
  rmSync(profile, { recursive: true, force: true });
  return unfinished;
}

async function reload(page: Page): Promise<void> {
  await page.reload();
  await page.waitForSelector('body[data-ready]', { state: 'attached', timeout: 30_000 });
}

async function crash(page: Page): Promise<void> {
  const crashed = page.waitForEvent('crash');
  await page.goto('chrome://crash').catch(() => undefined);
  await crashed;
  await page.close();
}
