import { expect, test } from 'vitest';
import { launchStudio, showTab } from './studio.ts';

test('the benchmark measures, agrees, judges and is copied as JSON', { timeout: 120_000 }, async () => {
  const studio = await launchStudio();
  const { page, complaints } = await studio.open({ permissions: ['clipboard-read', 'clipboard-write'] });
  await showTab(page, 'benchmark');
  await page.click('#measure');
  // 10, 100 and 1,000 nodes, by three rivals, twice.
  await page.waitForFunction(
    () => Number(document.querySelector('#panel progress')?.getAttribute('value')) >= 18,
    undefined,
    { timeout: 90_000 },
  );
  await page.click('text=Stop');
  expect(await page.textContent('[data-testid=verdict-plan]')).toContain('All came to the same results.');
  await page.click('#copy-report');
  await page.waitForFunction(
    () => document.querySelector('[data-testid=benchmark-notice]')?.textContent === 'Copied as JSON.',
  );
  const report = JSON.parse(await page.evaluate(() => navigator.clipboard.readText())) as {
    readonly environment: { readonly cores: number };
    readonly measurements: readonly { readonly nodes: number; readonly spread: { readonly rounds: number } }[];
    readonly verdicts: Readonly<Record<string, readonly string[]>>;
  };
  expect(report.environment.cores).toBeGreaterThan(0);
  expect(report.measurements.length).toBeGreaterThanOrEqual(18);
  for (const { spread } of report.measurements) expect(spread.rounds).toBeGreaterThanOrEqual(5);
  console.log(Object.values(report.verdicts).flat().join('\n'));
  expect(report.verdicts.plan).toHaveLength(2);
  expect(complaints).toEqual([]);
  await studio.close();
});
