import { expect } from 'vitest';
import { WorkerPoolRunner } from '../../../src/adapters/browser/worker-pool-runner.ts';
import { SeededRandom } from '../../../src/testing/seeded-random.ts';
import { callOf } from './misbehave.ts';

const kinds = [
  'loop',
  'throw',
  'uncloneable',
  'close',
  'terminate',
  'missing',
  'refused',
  'late',
  'deaf',
  'well',
] as const;

const failing = (worker: Worker) => new Promise((resolve) => worker.addEventListener('error', resolve));

/** Every call settles once, whatever its module or its worker does, and the pool has its size again. */
export async function misbehave(count: number, seed: number): Promise<void> {
  const random = new SeededRandom(seed);
  const made: Worker[] = [];
  const doomed: Promise<unknown>[] = [];
  let bad: 'missing' | 'refused' | null = null;
  const runner = new WorkerPoolRunner({
    size: 2,
    createWorker: () => {
      if (bad === 'refused') throw new DOMException('no more workers', 'QuotaExceededError');
      const url = bad === 'missing' ? '/no-such-script.js' : new URL('../misbehaving-worker.ts', import.meta.url);
      const worker = new Worker(url, { type: 'module' });
      made.push(worker);
      if (bad === 'missing') doomed.push(failing(worker));
      return worker;
    },
  });
  const seen = new Map<string, number>();

  for (let which = 0; which < count; which++) {
    const how = kinds[Math.floor(random.next() * kinds.length)] ?? 'well';
    if (how === 'missing' || how === 'refused') {
      // The workers there are go, and those that would take their place cannot be had.
      bad = how;
      for (const worker of made.splice(0)) worker.terminate();
    }
    const { running, outcome, settlements } = callOf(runner, { how, which, ...(how === 'terminate' && { ms: 5000 }) });
    // Again and again: the call may still wait for a worker while others are being replaced.
    const terminate = () => how === 'terminate' && made.forEach((worker) => worker.terminate());
    const terminating = setInterval(terminate, random.next() * 40);
    if (how === 'loop' || how === 'deaf')
      setTimeout(() => running.abort({ code: 'TIMEOUT', message: 'took too long' }), random.next() * 30);
    const hangs = new Promise<never>((_, reject) =>
      setTimeout(() => reject(new Error(`${which} ${how} hangs`)), 20_000),
    );
    const told = await Promise.race([outcome, hangs]);
    clearInterval(terminating);
    const expected: Record<string, unknown> = {
      loop: { code: 'TIMEOUT' },
      deaf: { code: 'TIMEOUT' },
      throw: { code: 'MODULE_FAILED' },
      uncloneable: { code: 'BAD_OUTPUT' },
      close: { code: 'RUNNER_LOST' },
      terminate: { code: 'RUNNER_LOST' },
      missing: { code: 'RUNNER_LOST' },
      refused: { code: 'RUNNER_LOST' },
    };
    const answered = how in expected ? expected[how] : { output: { which } };
    expect({ which, how, told }).toEqual({ which, how, told: answered });
    // What goes wrong after the answer, or in a worker nobody asked yet, would take the next call with it.
    if (how === 'late') await Promise.any(made.map(failing));
    // The pool hears of it after us, in the same turn.
    if ((await Promise.all(doomed.splice(0))).length > 0) await new Promise((resolve) => setTimeout(resolve));
    expect(settlements()).toBe(1);
    bad = null;
    seen.set(how, (seen.get(how) ?? 0) + 1);
  }
  expect([...seen.keys()].sort()).toEqual([...kinds].sort());
  // All slots answer, at the same time.
  await new Promise((resolve) => setTimeout(resolve, 300));
  const last = [0, 1].map((which) => callOf(runner, { how: 'well', which, ms: 100 }));
  expect(await Promise.all(last.map(({ outcome }) => outcome))).toEqual([
    { output: { which: 0 } },
    { output: { which: 1 } },
  ]);
  expect(runner.size).toBe(2);
  await runner.close();
  expect(runner.size).toBe(0);
  const { outcome } = callOf(runner, { how: 'well', which: 0 });
  expect(await outcome).toEqual({ code: 'RUNNER_LOST' });
}
