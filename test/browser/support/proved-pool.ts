import { expect, onTestFinished } from 'vitest';
import { WorkerPoolRunner } from '../../../src/adapters/browser/worker-pool-runner.ts';
import { SeededRandom } from '../../../src/testing/seeded-random.ts';
import { callOf, type Outcome } from './misbehave.ts';

/** A pool that has seen its module be short, and how many messages its workers were sent since. */
export async function provedPool(size = 2) {
  let messages = 0;
  const workers: Worker[] = [];
  const runner = new WorkerPoolRunner({
    size,
    createWorker: () => {
      const worker = new Worker(new URL('../misbehaving-worker.ts', import.meta.url), { type: 'module' });
      const post = worker.postMessage.bind(worker) as (message: unknown) => void;
      worker.postMessage = (message: unknown) => {
        messages++;
        post(message);
      };
      workers.push(worker);
      return worker;
    },
  });
  onTestFinished(() => runner.close());
  const prove = async () => {
    for (let round = 0; round < 20 && runner.slotsFor(['bad']) === size; round++)
      await Promise.all(Array.from({ length: 16 }, (_, which) => callOf(runner, { how: 'well', which }).outcome));
    expect(runner.slotsFor(['bad'])).toBeGreaterThan(size);
  };
  await prove();
  messages = 0;
  return { runner, workers, prove, sent: () => messages };
}

const kinds = [
  ...['well', 'well', 'well', 'well', 'well', 'throw', 'uncloneable'],
  ...['close', 'loop', 'deaf', 'terminate'],
] as const;

export interface Together {
  readonly runner: WorkerPoolRunner;
  readonly workers: readonly Worker[];
  /** Has the pool take the module for short again, which each round spoils. */
  readonly prove: () => Promise<void>;
  readonly rounds: number;
  readonly seed: number;
}

/** Calls of one turn, which share workers, any of them bad: each settles once, and none is taken for another. */
export async function misbehaveTogether({ runner, workers, prove, rounds, seed }: Together): Promise<void> {
  const random = new SeededRandom(seed);
  for (let round = 0; round < rounds; round++) {
    await prove();
    const calls = Array.from({ length: 2 + Math.floor(random.next() * 10) }, (_, which) => {
      const how = kinds[Math.floor(random.next() * kinds.length)] ?? 'well';
      return { how, which, ...callOf(runner, { how: how === 'terminate' ? 'well' : how, which }) };
    });
    const timers: Promise<void>[] = [];
    const later = (ms: number, act: () => void) =>
      timers.push(new Promise((resolve) => setTimeout(() => resolve(act()), ms)));
    for (const { how, running } of calls) {
      if (how === 'loop' || how === 'deaf')
        later(20 + random.next() * 60, () => running.abort({ code: 'TIMEOUT', message: 'took too long' }));
      if (how === 'terminate') later(random.next() * 10, () => workers.at(-1)?.terminate());
    }
    const hangs = new Promise<never>((_, reject) =>
      setTimeout(() => reject(new Error(`round ${round} hangs`)), 20_000),
    );
    const told = await Promise.race([Promise.all(calls.map(({ outcome }) => outcome)), hangs]);
    await Promise.all(timers);
    const lost = calls.some(({ how }) => how === 'terminate') ? [{ code: 'RUNNER_LOST' }] : [];
    const expected: Readonly<Record<string, Outcome>> = {
      loop: { code: 'TIMEOUT' },
      deaf: { code: 'TIMEOUT' },
      throw: { code: 'MODULE_FAILED' },
      uncloneable: { code: 'BAD_OUTPUT' },
      close: { code: 'RUNNER_LOST' },
    };
    for (const [index, { how, which, settlements }] of calls.entries()) {
      expect([1, [expected[how] ?? { output: { which } }, ...lost]]).toEqual([
        settlements(),
        expect.arrayContaining([told[index]]),
      ]);
    }
  }
}
