import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { open } from '../page.ts';
import { artifacts, ended, launchStudio, type Studio, showTab, tabs } from '../studio.ts';

/** Theme, width and height of a window. */
export type Window = readonly ['light' | 'dark', number, number];

/** To be looked at by people; what a machine can tell is that nothing is wider than the window. */
export function screenshotsSuite(windows: readonly Window[]): void {
  let studio: Studio;
  beforeAll(async () => {
    studio = await launchStudio();
  }, 60_000);
  afterAll(() => studio.close());

  test.each(windows)(
    'screenshots of every tab, %s, %i wide',
    { timeout: 90_000 },
    async (colorScheme, width, height) => {
      const { page, complaints } = await studio.open({ colorScheme, viewport: { width, height } });
      const shoot = async (name: string): Promise<void> => {
        await page.screenshot({ path: join(artifacts, `studio-${colorScheme}-${width}-${name}.png`), fullPage: true });
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(wider, `${name} is wider than the window`).toBeLessThanOrEqual(0);
      };
      await page.selectOption('#program', 'chaos');
      await page.click('#run');
      await page.waitForSelector('#graph .retry');
      await page.selectOption('#task', 'flight');
      await shoot('run-under-way');
      expect(await ended(page)).toBe('COMPLETED');
      await page.waitForSelector('[data-what=input] .leaf');
      await shoot('run');
      await page.selectOption('#program', 'approval');
      await page.click('#run');
      await page.waitForSelector('[data-testid=signal]');
      // The log of the last run was longer.
      expect(await page.isChecked('.events input[type=checkbox]')).toBe(true);
      await shoot('run-waits');
      for (const tab of tabs.slice(1)) {
        await showTab(page, tab);
        if (tab === 'executions') await page.waitForSelector('[data-testid=executions] li');
        if (tab === 'system')
          await page.waitForFunction(() => /of [\d.]+ [KMGT]?B/.test(document.body.textContent ?? ''));
        if (tab === 'benchmark') {
          await page.click('#measure');
          await page.waitForFunction(
            () => Number(document.querySelector('#panel progress')?.getAttribute('value')) >= 12,
            undefined,
            { timeout: 60_000 },
          );
          await page.click('text=Stop');
        }
        await shoot(tab);
      }
      await showTab(page, 'programs');
      await page.fill(
        '#editor',
        'heddle: 1\nname: mistakes\nnodes:\n  retrieve:\n    module: serach.bm25\n  answer:\n    module: text.extract\n    needs: [retreive]\n',
      );
      await page.waitForSelector('.problems');
      await shoot('programs-with-errors');
      await page.getByRole('button', { name: 'Ask a person' }).click();
      await page.getByRole('button', { name: 'TypeScript', exact: true }).click();
      await page.waitForFunction(() =>
        document.querySelector('[data-testid=problems]')?.textContent?.includes('(TypeScript)'),
      );
      await shoot('programs-typescript');
      // The one that waits for a person, as another tab sees it.
      const other = await page.context().newPage();
      await open(other, studio.url);
      await other.waitForSelector('#take-over');
      await other.screenshot({
        path: join(artifacts, `studio-${colorScheme}-${width}-run-in-another-tab.png`),
        fullPage: true,
      });
      expect(complaints).toEqual([]);
      await page.context().close();
    },
  );
}
