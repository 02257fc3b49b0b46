import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchStudio, openFile, runToEnd, type Studio, showTab } from './studio.ts';

let studio: Studio;
beforeAll(async () => {
  studio = await launchStudio();
}, 60_000);
afterAll(() => studio.close());

test('a program is read as TypeScript, mended by what is told, and run; nothing of it is run in the page', {
  timeout: 60_000,
}, async () => {
  const { page, complaints } = await studio.open();
  await showTab(page, 'programs');
  await page.getByRole('button', { name: 'Measure a phantom' }).click();
  await page.getByRole('button', { name: 'TypeScript', exact: true }).click();
  await page.waitForFunction(() =>
    document.querySelector<HTMLTextAreaElement>('#editor')?.value.includes("program('image'"),
  );
  await page.waitForFunction(() =>
    document.querySelector('[data-testid=problems]')?.textContent?.includes('(TypeScript)'),
  );
  const text = await page.inputValue('#editor');
  expect(text).toContain('({ phantom }) => ({ image: phantom })');
  await page.fill('#editor', text.replace(', imageThreshold,', ', imageTreshold,'));
  await page.waitForSelector('.problems');
  expect(await page.textContent('.problems')).toMatch(
    /UNKNOWN_MODULE.*line \d+, column \d+.*did you mean imageThreshold\?/,
  );
  expect(await page.locator('.numbers .bad').count()).toBe(1);
  expect(await page.isDisabled('#run-edited')).toBe(true);
  await page.fill('#editor', text.replace('size: input.size', 'size: (globalThis.hacked = 1)'));
  await page.waitForFunction(() => document.querySelector('.problems')?.textContent?.includes('UNSUPPORTED'));
  await page.fill('#editor', `globalThis.hacked = 1;\n${text}`);
  await page.waitForFunction(() => document.querySelector('.problems')?.textContent?.includes('line 1, column 1'));
  expect(await page.evaluate(() => 'hacked' in globalThis)).toBe(false);
  // An error of the program itself is told with its line in the TypeScript.
  await page.fill('#editor', text.replace('({ skull }) => ({ mask: skull })', "() => ({ mask: '${skul}' })"));
  await page.waitForFunction(() => document.querySelector('.problems')?.textContent?.includes('UNKNOWN_NODE'));
  expect(await page.textContent('.problems')).toMatch(/did you mean skull.*|, line \d+/);
  await page.fill('#editor', text);
  await page.fill('#editor-size', '64');
  await page.click('#run-edited');
  await page.waitForSelector('#progress[data-status=COMPLETED]', { timeout: 20_000 });
  // And back: the other languages say the same.
  await showTab(page, 'programs');
  await page.getByRole('button', { name: 'YAML', exact: true }).click();
  await page.waitForFunction(() =>
    document.querySelector<HTMLTextAreaElement>('#editor')?.value.startsWith('heddle: 1'),
  );
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('a TypeScript file is opened like any other', { timeout: 60_000 }, async () => {
  const { page, complaints } = await studio.open();
  const text = `import { program } from 'heddle';
import { wait } from 'heddle/modules';
export default program('nap').node('nap', wait, () => ({ ms: 10 }));`;
  await openFile(page, 'nap.ts', text);
  await page.waitForFunction(() => document.querySelector('#graph')?.getAttribute('aria-label')?.includes('1 nodes'));
  expect(await runToEnd(page)).toBe('COMPLETED');
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('all that is wrong with a text is told at once, each with its line and a fix', { timeout: 60_000 }, async () => {
  const { page } = await studio.open();
  await showTab(page, 'programs');
  await page.fill(
    '#editor',
    'heddle: 1\nname: mistakes\nnodes:\n  retrieve:\n    module: serach.bm25\n  answer:\n    module: text.extract\n    needs: [retreive]\n',
  );
  await page.waitForSelector('.problems');
  const told = await page.$$eval('.problems li', (items) => items.map((item) => item.textContent));
  expect(told).toHaveLength(2);
  expect(told[0]).toMatch(/^UNKNOWN_MODULE .*line 5 .*search\.bm25/);
  expect(told[1]).toMatch(/^UNKNOWN_NODE .*line 8 .*retrieve/);
  await page.context().close();
});
