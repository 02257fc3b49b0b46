import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CHROMIUM_FLAGS, chromiumPath } from '../support/chromium.ts';
import { dieAndResume } from '../tabs/deaths.ts';
import { executeTimes, heapFlag, heapOf } from '../tabs/heap.ts';
import { frozenTab, racingTabs } from '../tabs/races.ts';
import { serveTabs, type TabServer } from '../tabs/serve-tabs.ts';
import { openTab } from '../tabs/tab-driver.ts';

let tabs: TabServer;
let browser: Browser;
beforeAll(async () => {
  tabs = await serveTabs();
  browser = await chromium.launch({
    executablePath: chromiumPath(),
    headless: true,
    args: [...CHROMIUM_FLAGS, '--renderer-process-limit=64', heapFlag],
  });
}, 60_000);
afterAll(async () => {
  await browser.close();
  tabs.server.close();
}, 30_000);

test('two tabs race 50 times: always one owner, and a take-over within 2 s', async () => {
  const takenMs = [...(await racingTabs(browser, tabs, 50))].sort((a, b) => a - b);
  console.log(`take-over: median ${takenMs[25]?.toFixed(0)} ms, longest ${takenMs.at(-1)?.toFixed(0)} ms`);
  expect(takenMs.at(-1)).toBeLessThan(2000);
});

test('a renderer that was stopped for 30 s goes on, and nothing happens twice', async () => {
  await frozenTab(browser, tabs, 30_000);
});

test('100 reloads, tab kills, renderer crashes and SIGKILLs of the browser: all go on by themselves', async () => {
  const unfinished = await dieAndResume(tabs, 100, 4242);
  console.log(`${unfinished} of 100 were unfinished when the page came back`);
  expect(unfinished).toBeGreaterThanOrEqual(60);
});

test('1,000 executions leave the heap as it was', async () => {
  const page = await openTab(await browser.newContext(), tabs.url);
  // Until the history of the program has as many records as it keeps.
  await executeTimes(page, 1000);
  const before = await heapOf(page);
  await executeTimes(page, 1000);
  const growth = (await heapOf(page)) / before - 1;
  console.log(`heap growth over 1,000 executions: ${(growth * 100).toFixed(2)} % of ${(before / 1e6).toFixed(1)} MB`);
  expect(growth).toBeLessThan(0.05);
});
