import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectAnswer, start } from './page.ts';
import { ended, launchStudio, runToEnd, type Studio, showTab } from './studio.ts';

let studio: Studio;
beforeAll(async () => {
  studio = await launchStudio();
}, 60_000);
afterAll(() => studio.close());

describe('the programs to open with', () => {
  test('the first task runs soon after the page was asked for, with nothing to configure', async () => {
    const { page, complaints } = await studio.open();
    await page.evaluate(() => {
      const frames: number[] = [];
      Object.assign(globalThis, { frames });
      const frame = (atMs: number): void => {
        frames.push(atMs);
        requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
    });
    await start(page);
    await expectAnswer(page);
    const frames = await page.evaluate(() => (globalThis as unknown as { frames: number[] }).frames);
    const gaps = frames
      .slice(1)
      .map((atMs, index) => atMs - (frames[index] ?? 0))
      .sort((a, b) => a - b);
    const [median = 0, longest = 0] = [gaps[gaps.length >> 1], gaps.at(-1)];
    const used = /(\d+) % of the workers/.exec((await page.textContent('#answer')) ?? '')?.[1];
    console.log(
      `${frames.length} frames while it ran: median gap ${median.toFixed(0)} ms, longest ${longest.toFixed(0)} ms (aim: 100 ms); ${used} % of the workers' time used`,
    );
    // On a page that computed by itself there would be hardly a frame between the first and the last.
    expect(longest).toBeLessThan((frames.at(-1) ?? 0) - (frames[0] ?? 0) - longest);
    await showTab(page, 'system');
    const health = (await page.textContent('[data-testid=health]')) ?? '';
    const [, firstTaskMs] = /First task after load([\d.]+) ms/.exec(health) ?? [];
    console.log(`first task running ${firstTaskMs} ms after the page was asked for (aim: 1500 ms)`);
    expect(Number(firstTaskMs)).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 60_000);

  test('the pictures of the image program appear while it runs', async () => {
    const { page, complaints } = await studio.open();
    await page.selectOption('#program', 'image');
    await page.fill('#input-size', '256');
    await page.click('#run');
    await page.waitForSelector('[data-testid=gallery] canvas');
    expect(await ended(page)).toBe('COMPLETED');
    await page.waitForFunction(() => document.querySelectorAll('[data-testid=gallery] canvas').length >= 7);
    const drawn = await page.$$eval('[data-testid=gallery] canvas', (canvases) =>
      canvases.map((canvas) => {
        const { width, height } = canvas as HTMLCanvasElement;
        const { data = [] } = (canvas as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, width, height) ?? {};
        return new Set(data).size;
      }),
    );
    for (const shades of drawn) expect(shades).toBeGreaterThan(1);
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 60_000);

  test('chaos: retries, a breaker, fallbacks and a timeout are seen, and it ends well', async () => {
    const { page, complaints } = await studio.open();
    // The attempts stand as tracks in the Performance panel.
    await page.evaluate(() => {
      const tracks: string[] = [];
      Object.assign(globalThis, { tracks });
      new PerformanceObserver((list) => {
        for (const { name, detail } of list.getEntries() as PerformanceMeasure[])
          if (detail?.devtools !== undefined)
            tracks.push(`${detail.devtools.trackGroup} ${detail.devtools.track} ${name}`);
      }).observe({ type: 'measure' });
    });
    await page.selectOption('#program', 'chaos');
    expect(await runToEnd(page)).toBe('COMPLETED');
    expect(await page.textContent('#answer')).toContain('unknown, take a coat');
    await page.selectOption('#task', 'flight');
    await page.waitForSelector('[data-testid=detail] tbody tr');
    const attempts = await page.$$eval('[data-testid=detail] tbody tr', (rows) => rows.map((row) => row.textContent));
    expect(attempts).toHaveLength(3);
    expect(attempts[0]).toContain('BUSY');
    await page.selectOption('#task', 'weather');
    await page.waitForFunction(() =>
      /UNREACHABLE|BREAKER/.test(document.querySelector('[data-testid=detail]')?.textContent ?? ''),
    );
    await page.fill('#log-filter', 'TASK_TIMED_OUT');
    expect(await page.locator('#log .row').count()).toBe(1);
    await page.waitForFunction(() => (globalThis as unknown as { tracks: string[] }).tracks.length > 0);
    const tracks = await page.evaluate(() => (globalThis as unknown as { tracks: string[] }).tracks);
    expect(tracks).toContain('Heddle Worker 1 plan');
    expect(tracks.filter((track) => track.endsWith(' flight'))).toHaveLength(3);
    // A fork runs again from where it is told, and keeps the rest.
    const first = await page.getAttribute('#progress', 'data-execution');
    await page.selectOption('#task', 'pay');
    await page.click('#fork');
    await page.waitForFunction(
      (id) => document.querySelector('#progress')?.getAttribute('data-execution') !== id,
      first,
    );
    expect(await ended(page)).toBe('COMPLETED');
    await page.fill('#log-filter', 'TASK_STARTED');
    expect(await page.locator('#log .row').allTextContents()).toEqual([expect.stringContaining('pay started')]);
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 60_000);

  test('chaos without hope: what was booked is undone', async () => {
    const { page } = await studio.open();
    await page.selectOption('#program', 'chaos');
    await page.selectOption('#input-mood', 'hopeless');
    expect(await runToEnd(page)).toBe('FAILED');
    expect(await page.textContent('#answer')).toContain('What was undone: ');
    const states = await page.$$eval('#graph [data-node]', (nodes) =>
      nodes.map((node) => `${node.getAttribute('data-node')} ${node.getAttribute('data-state')}`),
    );
    expect(states).toContain('flight compensated');
    expect(states).toContain('pay failed');
    await page.context().close();
  }, 60_000);

  test('a person is waited for, through a reload, and then obeyed', async () => {
    const { page, complaints } = await studio.open();
    await page.selectOption('#program', 'approval');
    await page.click('#run');
    await page.waitForSelector('[data-testid=signal]');
    await page.reload();
    await page.waitForSelector('[data-testid=signal]');
    await page.getByLabel('A word about it').fill('too much');
    await page.getByRole('button', { name: 'Reject' }).click();
    expect(await ended(page)).toBe('COMPLETED');
    expect(await page.textContent('#answer')).toContain('too much');
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 60_000);
});
