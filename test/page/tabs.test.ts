import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { violations } from './axe.ts';
import { journalOf, open, start } from './page.ts';
import { artifacts, ended, launchStudio, type Studio, showTab } from './studio.ts';

let studio: Studio;
beforeAll(async () => {
  studio = await launchStudio();
}, 60_000);
afterAll(() => studio.close());

const watches = (page: Page): Promise<unknown> => page.waitForSelector('#take-over', { timeout: 10_000 });

test('another tab watches a run live, takes it over by keyboard, and the first one watches then', {
  timeout: 90_000,
}, async () => {
  const { page: first, complaints } = await studio.open();
  await first.selectOption('#program', 'approval');
  await start(first);
  await first.waitForSelector('[data-testid=signal]');
  const second = await first.context().newPage();
  await open(second, studio.url);
  await watches(second);
  expect(await second.textContent('[data-testid=other-tab]')).toContain('Driven in another tab');
  expect(await second.textContent('#progress')).toContain('in another tab');
  expect(await first.locator('#take-over').count()).toBe(0);
  await second.screenshot({ path: join(artifacts, 'studio-other-tab.png'), fullPage: true });
  expect(await violations(second)).toEqual([]);
  // Live: what is asked here is done there, and seen here.
  await second.click('#pause');
  await second.waitForFunction(() => document.querySelector('#progress')?.getAttribute('data-status') === 'PAUSED');
  await first.waitForFunction(() => document.querySelector('#progress')?.getAttribute('data-status') === 'PAUSED');
  await second.click('#pause');
  await second.waitForFunction(() => document.querySelector('#progress')?.getAttribute('data-status') === 'RUNNING');
  await showTab(second, 'executions');
  await second.waitForFunction(() =>
    document.querySelector('[data-testid=executions]')?.textContent?.includes('driven in another tab'),
  );
  await showTab(second, 'run');
  // Reached and pressed by keyboard alone.
  await second.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  for (let presses = 0; presses < 40; presses++) {
    await second.keyboard.press('Tab');
    if (await second.evaluate(() => document.activeElement?.id === 'take-over')) break;
  }
  expect(await second.evaluate(() => document.activeElement?.id)).toBe('take-over');
  const askedMs = Date.now();
  await second.keyboard.press('Enter');
  await second.waitForSelector('#take-over', { state: 'detached' });
  await watches(first);
  console.log(`taken over and told in both tabs after ${Date.now() - askedMs} ms`);
  expect(await second.evaluate(() => document.activeElement?.id)).toBe('pause');
  expect(await second.textContent('#notice')).toContain('Taken over');
  // The tab that watches now may answer the question all the same; both see the end.
  await first.click('[data-testid=signal] button.primary');
  expect(await ended(first)).toBe('COMPLETED');
  expect(await ended(second)).toBe('COMPLETED');
  for (const page of [first, second]) expect(await page.textContent('#answer')).toContain('approvedtrue');
  expect(complaints).toEqual([]);
  await first.context().close();
});

test('a run goes on in the tab that watched it when the other closes', { timeout: 60_000 }, async () => {
  const { page: first } = await studio.open();
  await first.selectOption('#program', 'approval');
  await start(first);
  await first.waitForSelector('[data-testid=signal]');
  const second = await first.context().newPage();
  await open(second, studio.url);
  await watches(second);
  await first.close();
  await second.waitForSelector('#take-over', { state: 'detached' });
  await second.click('[data-testid=signal] button.primary');
  expect(await ended(second)).toBe('COMPLETED');
  const succeeded = (await journalOf(second)).filter(({ type }) => type === 'AttemptSucceeded').map(({ node }) => node);
  expect(new Set(succeeded).size).toBe(succeeded.length);
  await second.context().close();
});
