import { expect } from 'vitest';
import { dieAndResume } from '../tabs/deaths.ts';
import { executeTimes, heapOf } from '../tabs/heap.ts';
import { frozenTab, racingTabs } from '../tabs/races.ts';
import { openTab } from '../tabs/tab-driver.ts';
import { test } from '../tabs/tabs-fixture.ts';

test('two tabs race 50 times: always one owner, and a take-over within 2 s', async ({ browser, tabs }) => {
  const takenMs = [...(await racingTabs(browser, tabs, 50))].sort((a, b) => a - b);
  console.log(`take-over: median ${takenMs[25]?.toFixed(0)} ms, longest ${takenMs.at(-1)?.toFixed(0)} ms`);
  expect(takenMs.at(-1)).toBeLessThan(2000);
});

test('a renderer that was stopped for 30 s goes on, and nothing happens twice', async ({ browser, tabs }) => {
  await frozenTab(browser, tabs, 30_000);
});

test('100 reloads, tab kills, renderer crashes and SIGKILLs of the browser: all go on by themselves', async ({
  tabs,
}) => {
  const unfinished = await dieAndResume(tabs, 100, 4242);
  console.log(`${unfinished} of 100 were unfinished when the page came back`);
  expect(unfinished).toBeGreaterThanOrEqual(60);
});

test('1,000 executions leave the heap as it was', async ({ browser, tabs }) => {
  const page = await openTab(await browser.newContext(), tabs.url);
  // Until the history of the program has as many records as it keeps.
  await executeTimes(page, 1000);
  const before = await heapOf(page);
  await executeTimes(page, 1000);
  const growth = (await heapOf(page)) / before - 1;
  console.log(`heap growth over 1,000 executions: ${(growth * 100).toFixed(2)} % of ${(before / 1e6).toFixed(1)} MB`);
  expect(growth).toBeLessThan(0.05);
});
