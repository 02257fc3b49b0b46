import { copyFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { servePage } from '../test/page/serve-page.ts';
import { CHROMIUM_FLAGS, chromiumPath } from '../test/support/chromium.ts';
import { isQuick, type Measured, summarise } from './harness/measure.ts';
import { chain, layered, type Work } from './harness/programs.ts';
import type { Row, Section } from './harness/report.ts';

const folder = 'bench/build/page';

/** IndexedDB and Web Workers, in a real Chromium. */
export default async function question(): Promise<readonly Section[]> {
  const scripts = ['contenders', 'worker', 'bare-worker', 'comlink-worker'];
  await build({
    entryPoints: scripts.map((name) => `bench/page/${name}.ts`),
    outdir: folder,
    bundle: true,
    format: 'esm',
    target: 'es2024',
    conditions: ['browser'],
    loader: { '.txt': 'text', '.yaml': 'text' },
  });
  copyFileSync('dist/kernel.wasm', `${folder}/kernel.wasm`);
  writeFileSync(`${folder}/index.html`, '<!doctype html><script type="module" src="contenders.js"></script>');
  const { url, server } = await servePage(folder);
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: [...CHROMIUM_FLAGS] });
  try {
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
  } finally {
    await browser.close();
    server.close();
  }
}
