import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { start } from '../page/page.ts';
import { artifacts, launchStudio } from '../page/studio.ts';
import { hostileSuite } from '../page/suites/hostile.ts';
import { largeSuite } from '../page/suites/large.ts';
import { screenshotsSuite } from '../page/suites/screenshots.ts';

describe('hostile text', () => hostileSuite({ programs: 10, files: 100, bundles: 20, addresses: 10 }));
describe('large programs and long executions', () => largeSuite([400, 2_000, 10_000], 25_000));
describe('screenshots', () =>
  screenshotsSuite([
    ['light', 1440, 900],
    ['dark', 1440, 900],
    ['light', 360, 740],
    ['dark', 360, 740],
    ['light', 1920, 1080],
    ['dark', 1920, 1080],
  ]));

test('the image program at its full size shows its picture and the right measure', { timeout: 60_000 }, async () => {
  const studio = await launchStudio();
  const { page } = await studio.open();
  await page.selectOption('#program', 'image');
  await page.keyboard.press('Tab');
  await start(page);
  await page.waitForSelector('#answer canvas', { timeout: 30_000 });
  expect(await page.textContent('#answer dl')).toContain('109.49');
  await page.screenshot({ path: join(artifacts, 'image-done.png'), fullPage: true });
  await studio.close();
});
