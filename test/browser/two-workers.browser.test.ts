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
const warmUpRounds = 2;
const rounds = 7;

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

/** Runs it once. */
async function measure(engine: ExecutionEngine): Promise<Measured> {
  let [lastMs, longestGapMs, running] = [performance.now(), 0, true];
  const frame = (atMs: number): void => {
    longestGapMs = Math.max(longestGapMs, atMs - lastMs);
    lastMs = atMs;
    if (running) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  const sinceMs = performance.now();
  const result = await engine.execute(sample.program, sample.inputs);
  const tookMs = performance.now() - sinceMs;
  await new Promise(requestAnimationFrame);
  running = false;
  return { result, tookMs, longestGapMs };
}

const medianMs = (runs: readonly Measured[]): number =>
  runs.map(({ tookMs }) => tookMs).sort((a, b) => a - b)[runs.length >> 1] ?? Number.NaN;
const longestMs = (runs: readonly Measured[]): number => Math.max(...runs.map(({ longestGapMs }) => longestGapMs));

test('the question on two workers and on the main thread: the same answer, and how long each takes', {
  timeout: 120_000,
}, async () => {
  const main = await onMainThread('on-main');
  const { engine } = await createEngine({
    kernelUrl,
    databaseName: 'on-two',
    workers: 2,
    createWorker: () => new Worker(new URL('./home-worker.ts', import.meta.url), { type: 'module' }),
  });
  const [alone, both]: [Measured[], Measured[]] = [[], []];
  // In turns, so that what else the machine does hits both; the first rounds, in which code is compiled, do not count.
  for (let round = -warmUpRounds; round < rounds; round++) {
    const [onMain, onTwo] = [await measure(main), await measure(engine)];
    expect([onMain.result.status, onTwo.result.status]).toEqual(['COMPLETED', 'COMPLETED']);
    expect(onTwo.result.result).toEqual(onMain.result.result);
    if (round < 0) continue;
    alone.push(onMain);
    both.push(onTwo);
  }
  await main.close();
  await engine.close();
  const last = both.at(-1)?.result as ExecutionResult;
  const model = new ExecutionModel((id) =>
    ['book', 'search', 'weigh', 'score', 'rerank', 'extract', 'chapter'].includes(id),
  );
  for (const event of last.timeline as readonly ExecutionEvent[]) model.take(event);
  const { busyMs, share } = utilisationOf(model.segments, 2, model.nowMs);
  const attempts = model.segments.filter(({ kind }) => kind === 'run').length;
  console.log(
    `median of ${rounds} on the main thread ${medianMs(alone).toFixed(0)} ms, longest frame gap ${longestMs(alone).toFixed(0)} ms; on two workers ${medianMs(both).toFixed(0)} ms, longest gap ${longestMs(both).toFixed(0)} ms; ratio ${(medianMs(alone) / medianMs(both)).toFixed(2)}`,
  );
  console.log(
    `${attempts} attempts; for ${busyMs.toFixed(0)} of ${model.nowMs.toFixed(0)} ms the timeline has work for both workers: ${(share * 100).toFixed(1)} % of their time used (aim: 90 %)`,
  );
  expect(attempts).toBe(105);
  expect(share).toBeGreaterThan(0);
});
