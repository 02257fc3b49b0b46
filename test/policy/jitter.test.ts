import { expect, test } from 'vitest';
import { hashRandom } from '../../src/policy/jitter.ts';

test('AT4 the same parts give the same number, other parts another', () => {
  expect(hashRandom(1, 2, 3, 4)).toBe(hashRandom(1, 2, 3, 4));
  expect(new Set([hashRandom(1, 2, 3), hashRandom(1, 3, 2), hashRandom(2, 2, 3), hashRandom(1, 2)]).size).toBe(4);
});

test('AT4 the numbers are uniform enough: each tenth of [0, 1) gets its share of 100,000', () => {
  const buckets = new Array<number>(10).fill(0);
  for (let n = 0; n < 100_000; n++) {
    const bucket = Math.floor(hashRandom(42, n, 1) * 10);
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  for (const count of buckets) expect(Math.abs(count - 10_000)).toBeLessThan(500);
});
