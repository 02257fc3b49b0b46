import { inChromium } from './harness/chromium.ts';
import { isQuick, summarise } from './harness/measure.ts';
import type { Row, Section } from './harness/report.ts';

const times = isQuick ? 5 : 11;

/** What of two Web Workers' time is lost while tasks are ready: tasks compute for 5 ms and more, and none needs another. */
export default function question(): Promise<readonly Section[]> {
  return inChromium('utilisation', ['utilisation', 'utilisation-worker'], async ({ url, browser }) => {
    const rows: Row[] = [];
    for (const [what, tasks, fromMs, toMs] of [
      ['100 tasks of 5 ms', 100, 5, 5],
      ['60 tasks of 5 to 20 ms', 60, 5, 20],
    ] as const) {
      const page = await browser.newPage();
      await page.goto(url);
      await page.waitForFunction(() => 'idleShares' in globalThis);
      const shares = await page.evaluate(
        (given) =>
          (globalThis as never as { idleShares: (...all: unknown[]) => Promise<Record<string, number[]>> }).idleShares(
            ...given,
          ),
        [tasks, fromMs, toMs, times] as const,
      );
      await page.close();
      rows.push({ what, per: 1, measured: Object.entries(shares).map(([name, each]) => summarise(name, each)) });
    }
    return [{ title: 'Idle share of 2 Web Workers while work is ready', unit: 'x', baseline: 'Heddle', rows }];
  });
}
