import type { Browser } from 'playwright-core';
import { expect } from 'vitest';
import type { TabServer } from './serve-tabs.ts';
import { chain, endOf, expectChain, openTab, rendererOf, roleIn, tryStart, untilDriving } from './tab-driver.ts';

/** The owner goes as tabs do. @returns how long each take-over took, in ms */
export async function racingTabs(browser: Browser, { url }: TabServer, rounds: number): Promise<readonly number[]> {
  const context = await browser.newContext();
  let pages = [await openTab(context, url), await openTab(context, url)] as const;
  const takenMs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const id = `race-${round}`;
    const began = await Promise.all(pages.map((page) => tryStart(page, id, chain(3, 300))));
    expect(began.filter(Boolean)).toHaveLength(1);
    const roles = await Promise.all(pages.map((page) => roleIn(page, id)));
    expect([...roles].sort()).toEqual(['driving', 'watching']);
    const [owner, heir] = roles[0] === 'driving' ? pages : ([pages[1], pages[0]] as const);
    const driving = untilDriving(heir, id);
    const closedMs = performance.now();
    await owner.close();
    await driving;
    takenMs.push(performance.now() - closedMs);
    expectChain(await endOf(heir, id), 3);
    pages = [heir, await openTab(context, url)];
  }
  await context.close();
  return takenMs;
}

/** A renderer of its own for each of two tabs; the first one's process is there to be stopped. */
async function twoRenderers(browser: Browser, url: string) {
  const session = await browser.newBrowserCDPSession();
  const context = await browser.newContext();
  const first = await openTab(context, url);
  const second = await openTab(context, url);
  const pid = await rendererOf(first, session);
  if (pid === (await rendererOf(second, session))) throw new Error('both tabs are in one process');
  await session.detach();
  return { context, first, second, pid };
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export async function frozenTab(browser: Browser, { url, effects }: TabServer, ms: number): Promise<void> {
  const { context, first, second, pid } = await twoRenderers(browser, url);
  effects.clear();
  expect(await tryStart(first, 'frozen', chain(6, 100))).toBe(true);
  expect(await roleIn(second, 'frozen')).toBe('watching');
  process.kill(pid, 'SIGSTOP');
  await sleep(ms);
  expect(await roleIn(second, 'frozen')).toBe('watching');
  process.kill(pid, 'SIGCONT');
  expectChain(await endOf(first, 'frozen'), 6);
  expectChain(await endOf(second, 'frozen'), 6);
  expect([...effects.values()]).toEqual([1, 1, 1, 1, 1, 1]);
  await context.close();
}

export async function takenFromFrozen(browser: Browser, { url, effects }: TabServer): Promise<void> {
  const { context, first, second, pid } = await twoRenderers(browser, url);
  effects.clear();
  expect(await tryStart(first, 'taken', chain(6, 150))).toBe(true);
  expect(await roleIn(second, 'taken')).toBe('watching');
  process.kill(pid, 'SIGSTOP');
  try {
    await second.evaluate(() => window.tab.engine.takeOver('taken'));
    expect(await roleIn(second, 'taken')).toBe('driving');
    expectChain(await endOf(second, 'taken'), 6);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  // What it was doing when it was stopped counts for nothing, and it says the same as the other.
  const told = await endOf(first, 'taken');
  expectChain(told, 6);
  expect(told.recoveries).toBe(1);
  // One may have been under way when the tab was stopped: it ran again, under the same key.
  expect(effects.size).toBe(6);
  expect([...effects.values()].filter((count) => count > 1).length).toBeLessThanOrEqual(1);
  await context.close();
}
