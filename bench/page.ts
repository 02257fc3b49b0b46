import { inChromium } from './harness/chromium.ts';
import { isQuick, type Measured, summarise } from './harness/measure.ts';
import { chain, layered, type Work } from './harness/programs.ts';
import type { Row, Section } from './harness/report.ts';

/** IndexedDB and Web Workers, in a real Chromium. */
export default function question(): Promise<readonly Section[]> {
  return inChromium('page', ['contenders', 'worker', 'bare-worker', 'comlink-worker'], async ({ url, browser }) => {
    const ask = async (about: 'idb' | 'pool', work: Work): Promise<Row> => {
      const page = await browser.newPage();
      await page.goto(url);
      await page.waitForFunction(() => 'bench' in globalThis);
      const count = isQuick ? 5 : 15;
      const samples = await page.evaluate(
        ([of, given, times]) =>
          (globalThis as never as { bench: (...all: unknown[]) => never }).bench(of, given, times),
        [about, work, count] as const,
      );
      await page.close();
      const measured = Object.entries(samples as Record<string, number[]>).map(
        ([name, ms]): Measured =>
          summarise(
            name,
            ms.map((each) => each * 1e6),
          ),
      );
      return { what: work.what, per: work.needs.length, measured };
    };
    const idb = [
      await ask('idb', layered(10, 10)),
      await ask('idb', chain(100)),
      await ask('idb', layered(100, 10)),
      await ask('idb', layered(10, 100)),
    ];
    const pool = [
      await ask('pool', layered(10, 10)),
      await ask('pool', chain(100)),
      await ask('pool', layered(100, 10)),
      await ask('pool', layered(10, 100)),
    ];
    return [
      { title: 'Page: every result durable in IndexedDB; per task', unit: 'µs', baseline: 'Heddle', rows: idb },
      { title: 'Page: no-op tasks on 4 Web Workers; per task', unit: 'µs', baseline: 'Heddle', rows: pool },
    ];
  });
}
