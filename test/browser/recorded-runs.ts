import { describe, test } from 'vitest';
import { createEngine } from '../../src/browser.ts';
import { simulatedTask } from '../../src/formats/wfformat-module.ts';
import type { SampleFigures } from '../formats/figures.ts';
import { figures } from '../formats/figures.ts';
import { expectRecordedRun } from '../formats/recorded-run.ts';

/** The files lie outside the repository; the test server hands them out (test/support/vite-plugins.ts) where they are. */
const address = (name: string): string => `/recorded-workflows/${name}.json`;
const present = (await fetch(address(figures[0]?.name ?? ''))).headers.get('content-type') === 'application/json';
if (!present) console.warn('skipped: recorded workflows in Chromium, because they are absent');

/** Every recorded workflow in an engine of its own with two Web Workers, all at once: they sleep most of the time. */
export function recordedRuns(chosen: readonly SampleFigures[], scaleOf: (total: number) => number): void {
  describe.runIf(present)(
    'recorded workflows run to their end in Chromium on two workers, and are written as WfFormat',
    () => {
      test.concurrent.each(chosen)('$name', { timeout: 120_000 }, async (sample) => {
        const { engine } = await createEngine({
          modules: [simulatedTask],
          workers: 2,
          databaseName: `recorded ${sample.name}`,
          createWorker: () => new Worker(new URL('./recorded-run-worker.ts', import.meta.url), { type: 'module' }),
          kernelUrl: new URL('/dist/kernel.wasm', location.origin),
        });
        const text = await (await fetch(address(sample.name))).text();
        await expectRecordedRun(engine, sample, text, { scale: scaleOf(sample.total) });
        await engine.close();
      });
    },
  );
}
