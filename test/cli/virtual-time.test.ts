import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VirtualTime } from '../../src/cli/virtual-time.ts';

test('appointments are kept in order of time, and of making at the same time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(10)), async (delays) => {
      const time = new VirtualTime(5);
      const kept: [number, number][] = [];
      delays.forEach((delay, index) => time.at(5 + delay, () => kept.push([time.exactMs, index])));
      await time.run(() => false);
      const expected = delays
        .map((delay, index): [number, number] => [5 + delay, index])
        .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
      expect(kept).toEqual(expected);
    }),
  );
});

test('what follows from one time happens before the next comes', async () => {
  const time = new VirtualTime(0);
  const seen: number[] = [];
  time.at(
    1,
    () =>
      void Promise.resolve()
        .then(() => Promise.resolve())
        .then(() => time.at(1, () => seen.push(time.exactMs))),
  );
  time.at(2, () => seen.push(time.exactMs));
  expect(await time.run(() => seen.length === 2)).toBe(true);
  expect(seen).toEqual([1, 2]);
});

test('one wake-up per execution is armed, the last one ordered', async () => {
  const time = new VirtualTime(0);
  const woken: string[] = [];
  time.wakeAt('a', 10, () => woken.push('a early'));
  time.wakeAt('a', 20, () => woken.push('a'));
  time.wakeAt('b', 15, () => woken.push('b'));
  time.wakeAt('c', 1, () => woken.push('c'));
  time.wakeAt('c', null, () => undefined);
  expect(await time.run(() => false)).toBe(false);
  expect(woken).toEqual(['b', 'a']);
  expect(time.now()).toBe(20);
});

test('a wake-up never comes before its time, although the clock shows whole ms', async () => {
  const time = new VirtualTime(0);
  time.at(0.9, () => time.wakeAt('a', 1, () => expect(time.now()).toBeGreaterThanOrEqual(1)));
  await time.run(() => false);
  expect(time.exactMs).toBe(1);
});
