import { join } from 'node:path';
import { expect, test } from 'vitest';
import { artifacts, launchStudio, showTab } from '../page/studio.ts';

test('the benchmark of the page goes to 1,000,000 nodes, and all rivals agree', async () => {
  const studio = await launchStudio();
  const { page, complaints } = await studio.open();
  await showTab(page, 'benchmark');
  await page.click('#measure');
  await page.waitForFunction(
    () => /^(Done|The benchmark)/.test(document.querySelector('[data-testid=benchmark-notice]')?.textContent ?? ''),
    undefined,
    { timeout: 900_000 },
  );
  expect(await page.textContent('[data-testid=benchmark-notice]')).toBe('Done.');
  for (const task of ['plan', 'queue']) {
    const verdict = (await page.textContent(`[data-testid=verdict-${task}]`)) ?? '';
    console.log(verdict);
    expect(verdict).toContain('All came to the same results.');
  }
  expect(await page.textContent('#panel table')).toContain('1,000,000');
  await page.screenshot({ path: join(artifacts, 'studio-benchmark-whole.png'), fullPage: true });
  expect(complaints).toEqual([]);
  await studio.close();
});
