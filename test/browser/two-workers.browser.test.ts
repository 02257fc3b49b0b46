import { expect, test } from 'vitest';
import { IdbArtifactStore } from '../../src/adapters/browser/idb-artifact-store.ts';
import { IdbConnection } from '../../src/adapters/browser/idb-connection.ts';
import { IdbJournalStore } from '../../src/adapters/browser/idb-journal-store.ts';
import { IdbRecordStore } from '../../src/adapters/browser/idb-record-store.ts';
import { loadKernel } from '../../src/adapters/browser/load-kernel.ts';
import { CryptoRandom } from '../../src/adapters/memory/crypto-random.ts';
import { InlineRunner } from '../../src/adapters/memory/inline-runner.ts';
import { LocalLeaseKeeper } from '../../src/adapters/memory/lease-keeper.ts';
import { TimerClock } from '../../src/adapters/memory/timer-clock.ts';
import { createEngine } from '../../src/browser.ts';
import { DefaultExecutionEngine } from '../../src/host/default-execution-engine.ts';
import type { ExecutionEngine } from '../../src/host/execution-engine.ts';
import { ModuleRegistry } from '../../src/host/registry.ts';
import type { ExecutionEvent, ExecutionResult } from '../../src/host/view/execution-view.ts';
import { sampleModules, samples } from '../../src/samples/index.ts';
import { ExecutionModel } from '../../web/model/execution-model.ts';
import { utilisationOf } from '../support/utilisation.ts';

const kernelUrl = new URL('/dist/kernel.wasm', location.origin);
const sample = samples[0] as (typeof samples)[number];
const rounds = 2;

/** The same engine and store, but modules on the page's own thread. */
async function onMainThread(databaseName: string): Promise<ExecutionEngine> {
  const connection = new IdbConnection(databaseName);
  const modules = new ModuleRegistry(sampleModules);
  return new DefaultExecutionEngine({
    programs: () => undefined,
    kernel: (await loadKernel(kernelUrl.href)).kernel,
    modules,
    journal: new IdbJournalStore(connection),
    artifacts: new IdbArtifactStore(connection),
    records: new IdbRecordStore(connection),
    runner: new InlineRunner({ modules }),
    clock: new TimerClock(),
    random: new CryptoRandom(),
    leases: new LocalLeaseKeeper(),
  });
}

interface Measured {
  readonly result: ExecutionResult;
  readonly tookMs: number;
  readonly longestGapMs: number;
}

/** Runs it some times. @returns the fastest, and the longest gap between two frames of any */
async function measure(engine: ExecutionEngine): Promise<Measured> {
  let best: Measured | undefined;
  let longest = 0;
  await engine.execute(sample.program, sample.inputs);
  for (let round = 0; round < rounds; round++) {
    let lastMs = performance.now();
    let running = true;
    const frame = (atMs: number): void => {
      longest = Math.max(longest, atMs - lastMs);
      lastMs = atMs;
      if (running) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    const sinceMs = performance.now();
    const result = await engine.execute(sample.program, sample.inputs);
    const tookMs = performance.now() - sinceMs;
    await new Promise(requestAnimationFrame);
    running = false;
    if (best === undefined || tookMs < best.tookMs) best = { result, tookMs, longestGapMs: 0 };
  }
  return { ...(best as Measured), longestGapMs: longest };
}

test('the question on two workers and on the main thread: the same answer, and how long each takes', {
  timeout: 120_000,
}, async () => {
  const main = await onMainThread('on-main');
  const alone = await measure(main);
  await main.close();
  const { engine } = await createEngine({
    kernelUrl,
    databaseName: 'on-two',
    workers: 2,
    createWorker: () => new Worker(new URL('./home-worker.ts', import.meta.url), { type: 'module' }),
  });
  const both = await measure(engine);
  await engine.close();
  expect(alone.result.status).toBe('COMPLETED');
  expect(both.result.status).toBe('COMPLETED');
  expect(both.result.result).toEqual(alone.result.result);
  const model = new ExecutionModel((id) =>
    ['book', 'search', 'weigh', 'score', 'rerank', 'extract', 'chapter'].includes(id),
  );
  for (const event of both.result.timeline as readonly ExecutionEvent[]) model.take(event);
  const { busyMs, share } = utilisationOf(model.segments, 2, model.nowMs);
  const attempts = model.segments.filter(({ kind }) => kind === 'run').length;
  console.log(
    `main thread ${alone.tookMs.toFixed(0)} ms, longest frame gap ${alone.longestGapMs.toFixed(0)} ms; two workers ${both.tookMs.toFixed(0)} ms, longest gap ${both.longestGapMs.toFixed(0)} ms; ratio ${(alone.tookMs / both.tookMs).toFixed(2)}`,
  );
  console.log(
    `${attempts} attempts; for ${busyMs.toFixed(0)} of ${model.nowMs.toFixed(0)} ms the timeline has work for both workers: ${(share * 100).toFixed(1)} % of their time used (aim: 90 %)`,
  );
  expect(attempts).toBe(105);
  expect(share).toBeGreaterThan(0);
});
