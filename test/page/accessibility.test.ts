import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { violations } from './axe.ts';
import { expectedQuotation } from './page.ts';
import { ended, launchStudio, runToEnd, type Studio, showTab, tabs } from './studio.ts';

let studio: Studio;
beforeAll(async () => {
  studio = await launchStudio();
}, 60_000);
afterAll(() => studio.close());

describe('accessibility', () => {
  test.each(['light', 'dark'] as const)(
    'axe-core finds nothing on any tab, %s',
    { timeout: 120_000 },
    async (colorScheme) => {
      const { page } = await studio.open({ colorScheme });
      expect(await violations(page)).toEqual([]);
      await page.selectOption('#program', 'chaos');
      await page.click('#run');
      await page.waitForSelector('#graph .retry');
      expect(await violations(page)).toEqual([]);
      expect(await ended(page)).toBe('COMPLETED');
      await page.selectOption('#task', 'flight');
      await page.waitForSelector('[data-what=output] .leaf');
      for (const tab of tabs) {
        await showTab(page, tab);
        if (tab === 'programs')
          await page.fill('#editor', "export default program('bad').node('a', nothing, () => 1);");
        if (tab === 'programs') await page.waitForSelector('.problems');
        if (tab === 'executions') await page.waitForSelector('[data-testid=executions] li');
        expect(await violations(page), tab).toEqual([]);
      }
      await page.context().close();
    },
  );

  test('the whole demonstration by keyboard alone', async () => {
    const { page, complaints } = await studio.open();
    const tabTo = async (id: string): Promise<void> => {
      for (let presses = 0; presses < 60; presses++) {
        await page.keyboard.press('Tab');
        if (await page.evaluate((wanted) => document.activeElement?.id === wanted, id)) return;
      }
      expect.fail(`Tab does not reach ${id}`);
    };
    const status = (): Promise<string | null> => page.getAttribute('#progress', 'data-status');
    await page.keyboard.press('r');
    await page.waitForFunction(() => document.querySelector('#progress')?.getAttribute('data-status') === 'RUNNING');
    await page.keyboard.press(' ');
    await page.waitForFunction(() => document.querySelector('#progress')?.getAttribute('data-status') === 'PAUSED');
    await page.keyboard.press(' ');
    expect(await ended(page)).toBe('COMPLETED');
    expect(await page.textContent('[data-testid=quotation]')).toContain(expectedQuotation);
    // Along the edges of the graph.
    await tabTo('graph');
    for (const key of ['ArrowDown', 'ArrowRight', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
    await page.waitForFunction(() => document.querySelector<HTMLSelectElement>('#task')?.value !== '');
    await page.waitForSelector('[data-what=output] .value, [data-what=output] .tree, [data-what=output] .leaf');
    const before = await page.inputValue('#task');
    await page.keyboard.press('j');
    await page.waitForFunction((id) => document.querySelector<HTMLSelectElement>('#task')?.value !== id, before);
    const chosen = await page.inputValue('#task');
    await page.keyboard.press('/');
    await page.keyboard.type(`${chosen} completed`);
    await page.waitForFunction(() => (document.querySelector('#log')?.getAttribute('aria-label') ?? '') !== '0 events');
    // Another program, chosen, run and answered.
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await tabTo('program');
    await page.keyboard.type('Ask a');
    await page.waitForSelector('#input-amount');
    await tabTo('run');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-testid=signal]');
    for (let presses = 0; presses < 20; presses++) {
      await page.keyboard.press('Tab');
      if ((await page.evaluate(() => document.activeElement?.textContent)) === 'Approve') break;
    }
    await page.keyboard.press('Enter');
    expect(await ended(page)).toBe('COMPLETED');
    expect(await status()).toBe('COMPLETED');
    // Every tab by its arrows.
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await tabTo('tab-run');
    for (const tab of tabs.slice(1)) {
      await page.keyboard.press('ArrowRight');
      await page.waitForSelector(`#tab-${tab}[aria-selected=true]`);
      await page.waitForSelector('#panel .card');
    }
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('tab-system');
    await page.keyboard.press('Home');
    await page.waitForSelector('#run');
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 90_000);

  test('a task that is looked at stays in focus while everything is drawn again', async () => {
    const { page } = await studio.open();
    await page.selectOption('#program', 'chaos');
    await page.click('#run');
    await page.focus('#log-filter');
    await page.keyboard.type('flight', { delay: 100 });
    expect(await ended(page)).toBe('COMPLETED');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('log-filter');
    expect(await page.inputValue('#log-filter')).toBe('flight');
    await page.context().close();
  }, 60_000);

  test('what runs is told to screen readers, at most once a second', async () => {
    const { page } = await studio.open();
    await page.evaluate(() => {
      const told: number[] = [];
      Object.assign(globalThis, { told });
      const region = document.querySelector('[aria-live=polite].hidden') as Element;
      new MutationObserver(() => told.push(performance.now())).observe(region, {
        childList: true,
        characterData: true,
        subtree: true,
      });
    });
    await page.selectOption('#program', 'chaos');
    expect(await runToEnd(page)).toBe('COMPLETED');
    await page.waitForTimeout(1200);
    const told = await page.evaluate(() => (globalThis as unknown as { told: number[] }).told);
    const pausesMs = told.slice(1).map((at, index) => at - (told[index] ?? 0));
    console.log(`told ${told.length} times, ${Math.round(Math.min(...pausesMs))} ms between two at the least`);
    expect(told.length).toBeGreaterThanOrEqual(2);
    expect(told.length).toBeLessThan((await page.locator('#log .row').count()) * 2);
    expect(await page.textContent('[aria-live=polite].hidden')).toContain('completed');
    await page.context().close();
  }, 60_000);
});
