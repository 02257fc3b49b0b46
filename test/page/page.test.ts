import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SeededRandom } from '../../src/testing/seeded-random.ts';
import { expectRightEnd, openInterruptible, startAndWait } from './interrupted-run.ts';
import { expectAnswer, expectNoneTwice, journalOf, start, wasTakenUp } from './page.ts';
import { artifacts, launchStudio, type Studio } from './studio.ts';

let studio: Studio;
beforeAll(async () => {
  studio = await launchStudio();
}, 60_000);
afterAll(() => studio.close());

describe('the page', () => {
  test.each([
    ['light', 1280, 900],
    ['dark', 360, 740],
  ] as const)(
    'answers a question client-side, %s, %i wide, without an error or a horizontal scroll bar',
    { timeout: 60_000 },
    async (colorScheme, width, height) => {
      const { page, complaints } = await studio.open({ colorScheme, viewport: { width, height } });
      expect(await page.textContent('#badges')).toContain('kernel: wasm');
      await start(page);
      await page.screenshot({ path: join(artifacts, `${colorScheme}-${width}-running.png`), fullPage: true });
      await expectAnswer(page);
      await page.screenshot({ path: join(artifacts, `${colorScheme}-${width}-done.png`), fullPage: true });
      expectNoneTwice(await journalOf(page));
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      expect(complaints).toEqual([]);
      await page.context().close();
    },
  );

  test('pauses, resumes and cancels by keyboard', { timeout: 60_000 }, async () => {
    const { page } = await studio.open();
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.keyboard.press('r');
    await page.waitForFunction(() => document.querySelector('#progress')?.getAttribute('data-status') === 'RUNNING');
    await page.keyboard.press(' ');
    await page.waitForFunction(() => document.querySelector('#progress')?.getAttribute('data-status') === 'PAUSED');
    expect(await page.textContent('#pause')).toBe('Resume');
    await page.keyboard.press('c');
    await page.waitForSelector('[data-testid=error]');
    expect(await page.getAttribute('#progress', 'data-status')).toBe('CANCELLED');
    await page.context().close();
  });
});

describe('a reload in the middle', () => {
  const seed = 20261121;
  const random = new SeededRandom(seed);
  const moments = Array.from({ length: 6 }, (_, index) => (index + random.next()) / 6);

  test('of the question, while the workers compute', { timeout: 120_000 }, async () => {
    const { page } = await studio.open();
    let wasUnfinished = false;
    // On a busy machine a run of a second may have ended by the time its page is left.
    for (let tries = 0; tries < 5 && !wasUnfinished; tries++) {
      await start(page);
      await page.waitForFunction(() => Number(document.querySelector<HTMLProgressElement>('#bar')?.value) > 5);
      await page.reload();
      await page.waitForSelector('body[data-ready]');
      await expectAnswer(page);
      const journal = await journalOf(page);
      expectNoneTwice(journal);
      wasUnfinished = wasTakenUp(journal);
    }
    expect(wasUnfinished).toBe(true);
    await page.context().close();
  });

  test('at six random moments of a short run', { timeout: 120_000 }, async () => {
    const { page } = await studio.open();
    await openInterruptible(page, studio.url);
    let resumed = 0;
    for (const moment of moments) {
      await startAndWait(page, moment);
      await page.reload();
      await page.waitForSelector('body[data-ready]');
      if (await expectRightEnd(page)) resumed++;
    }
    console.log(`${resumed} of ${moments.length} reloads found it unfinished`);
    expect(resumed).toBeGreaterThanOrEqual(moments.length / 2);
    await page.context().close();
  });
});
