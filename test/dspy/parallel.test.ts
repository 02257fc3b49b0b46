import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inParallel } from '../../src/dspy/in-parallel.ts';
import { batch, type Fields, Module, Parallel, Session } from '../../src/dspy.ts';

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('inParallel', () => {
  const task = fc.record({ fails: fc.boolean(), ticks: fc.nat(4) });

  test('results in the order of the tasks, never more at once, an error exactly when failures reach the limit', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(task, { maxLength: 30 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        async (tasks, concurrency, maxErrors) => {
          let [running, most, started] = [0, 0, 0];
          const run = tasks.map(({ fails, ticks }, index) => async () => {
            started++;
            most = Math.max(most, ++running);
            for (let done = 0; done < ticks; done++) await tick();
            running--;
            if (fails) throw new Error(`no ${index}`);
            return index;
          });
          const failing = tasks.flatMap(({ fails }, index) => (fails ? [index] : []));
          const outcome = inParallel(run, { concurrency, maxErrors });
          if (failing.length >= maxErrors) {
            await expect(outcome).rejects.toMatchObject({ code: 'TOO_MANY_FAILURES' });
          } else {
            const { results, failures } = await outcome;
            expect(results).toEqual(tasks.map(({ fails }, index) => (fails ? null : index)));
            expect(failures.map(({ index }) => index)).toEqual(failing);
            expect(started).toBe(tasks.length);
          }
          expect(most).toBeLessThanOrEqual(concurrency);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('a straggler is tried once more, and the first try is told that nobody waits for it', async () => {
    const tries = [0, 0, 0];
    let told = false;
    const tasks = tries.map((_, index) => (signal: AbortSignal) => {
      const attempt = (tries[index] ?? 0) + 1;
      tries[index] = attempt;
      if (index !== 1 || attempt === 2) return Promise.resolve(`${index}, try ${attempt}`);
      return new Promise<string>(() => {
        signal.addEventListener('abort', () => {
          told = true;
        });
      });
    });
    const { results } = await inParallel(tasks, { timeoutMs: 20 });
    expect(results).toEqual(['0, try 1', '1, try 2', '2, try 1']);
    expect([tries, told]).toEqual([[1, 2, 1], true]);
  });

  test('a straggler whose second try fails may still end by its first', async () => {
    let free: (value: string) => void = () => undefined;
    let tries = 0;
    const slow = (): Promise<string> => {
      if (++tries === 1)
        return new Promise((resolve) => {
          free = resolve;
        });
      setTimeout(() => free('the first'), 5);
      return Promise.reject(new Error('the second'));
    };
    expect((await inParallel([slow], { timeoutMs: 10 })).results).toEqual(['the first']);
    expect(tries).toBe(2);
  });

  test('with too many left, stragglers wait', async () => {
    const tries: number[] = [];
    const frees: (() => void)[] = [];
    const tasks = Array.from({ length: 5 }, (_, index) => () => {
      tries.push(index);
      return new Promise<number>((resolve) => frees.push(() => resolve(index)));
    });
    const outcome = inParallel(tasks, { timeoutMs: 10, stragglerLimit: 3 });
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(tries).toEqual([0, 1, 2, 3, 4]);
    frees.slice(0, 2).forEach((free) => free());
    while (tries.length < 8) await tick();
    expect(tries.slice(5).sort()).toEqual([2, 3, 4]);
    frees.forEach((free) => free());
    expect((await outcome).results).toEqual([0, 1, 2, 3, 4]);
  });

  test('a signal ends it, and every task is told', async () => {
    const stop = new AbortController();
    const told: number[] = [];
    const tasks = [0, 1, 2].map((index) => (signal: AbortSignal) => {
      signal.addEventListener('abort', () => told.push(index));
      return new Promise<void>(() => undefined);
    });
    const outcome = inParallel(tasks, { signal: stop.signal, concurrency: 2 });
    stop.abort();
    await expect(outcome).rejects.toMatchObject({ code: 'ABORTED' });
    expect(told).toEqual([0, 1]);
    await expect(inParallel(tasks, { signal: stop.signal })).rejects.toMatchObject({ code: 'ABORTED' });
    expect(told).toEqual([0, 1]);
  });
});

class Halve extends Module {
  async forward({ n = 0 }: Fields): Promise<Fields> {
    if (Number(n) % 2 === 1) throw new Error(`${n} is odd`);
    return { half: Number(n) / 2 };
  }
}

test('batch gives predictions in the order of the inputs, null for a failure', async () => {
  const inputs = [4, 3, 2, 1, 0].map((n) => ({ n }));
  const predictions = await batch(new Halve(), inputs, new Session());
  expect(predictions.map((each) => each?.get('half') ?? null)).toEqual([2, null, 1, null, 0]);
  await expect(batch(new Halve(), inputs, new Session(), { maxErrors: 2 })).rejects.toThrow(
    /cancelled due to errors or interruption: 2 failures reach maxErrors 2; the first: 3 is odd/,
  );
});

test('Parallel runs pairs of different modules', async () => {
  class Double extends Module {
    forward({ n = 0 }: Fields): Promise<Fields> {
      return Promise.resolve({ double: Number(n) * 2 });
    }
  }
  const predictions = await new Parallel().call(
    [
      [new Halve(), { n: 6 }],
      [new Double(), { n: 6 }],
    ],
    new Session(),
  );
  expect(predictions.map((each) => each?.fields)).toEqual([{ half: 3 }, { double: 12 }]);
});
