import { expect } from 'vitest';
import { dieAndResume } from './deaths.ts';
import { executeTimes, heapOf } from './heap.ts';
import { frozenTab, racingTabs, takenFromFrozen } from './races.ts';
import { chain, endOf, expectChain, openTab, roleIn, tryStart } from './tab-driver.ts';
import { test } from './tabs-fixture.ts';

test('one tab drives, another watches it live and asks it for changes', { timeout: 60_000 }, async ({
  browser,
  tabs,
}) => {
  const context = await browser.newContext();
  const [driving, watching] = [await openTab(context, tabs.url), await openTab(context, tabs.url)];
  expect(await tryStart(driving, 'watched', chain(4, 150))).toBe(true);
  expect(await roleIn(watching, 'watched')).toBe('watching');
  const seen = watching.evaluate(async () => {
    const types: string[] = [];
    for await (const { events } of window.tab.engine.monitor('watched')) types.push(...events.map(({ type }) => type));
    return types;
  });
  await watching.evaluate(() => window.tab.engine.pause('watched'));
  expect(await driving.evaluate(() => window.tab.engine.getStatus('watched'))).toBe('PAUSED');
  await watching.evaluate(() => window.tab.engine.resume('watched'));
  expectChain(await endOf(watching, 'watched'), 4);
  expectChain(await endOf(driving, 'watched'), 4);
  const types = await seen;
  expect(types[0]).toBe('EXECUTION_STARTED');
  expect(types).toContain('EXECUTION_PAUSED');
  expect(types.at(-1)).toBe('EXECUTION_COMPLETED');
  await context.close();
});

test('two tabs race for an execution, and the one that is left takes over', { timeout: 120_000 }, async ({
  browser,
  tabs,
}) => {
  const takenMs = await racingTabs(browser, tabs, 2);
  console.log(`take-over: ${takenMs.map((ms) => ms.toFixed(0)).join(', ')} ms`);
});

test('a tab that was stopped for 1.5 s goes on, and nothing happens twice', { timeout: 60_000 }, async ({
  browser,
  tabs,
}) => {
  await frozenTab(browser, tabs, 1500);
});

test('an execution is taken from a frozen tab, which watches it when it wakes up', { timeout: 60_000 }, async ({
  browser,
  tabs,
}) => {
  await takenFromFrozen(browser, tabs);
});

test('reload, tab kill, renderer crash, browser SIGKILL: what was cut off goes on by itself', {
  timeout: 120_000,
}, async ({ tabs }) => {
  const unfinished = await dieAndResume(tabs, 4, 20261121);
  expect(unfinished).toBeGreaterThanOrEqual(1);
});

test('executions leave the heap as it was', { timeout: 60_000 }, async ({ browser, tabs }) => {
  const page = await openTab(await browser.newContext(), tabs.url);
  await executeTimes(page, 110);
  const before = await heapOf(page);
  await executeTimes(page, 50);
  expect((await heapOf(page)) / before - 1).toBeLessThan(0.1);
  await page.context().close();
});
