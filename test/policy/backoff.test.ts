import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BackoffOptions, backoffMs } from '../../src/policy/backoff.ts';

const plain: BackoffOptions = { backoff: 'fixed', delayMs: 100, maxDelayMs: 1000, factor: 2, jitter: 'none' };

describe('backoffMs', () => {
  test.each([
    ['immediate', [0, 0, 0, 0, 0]],
    ['fixed', [100, 100, 100, 100, 100]],
    ['linear', [100, 200, 300, 400, 500]],
    ['exponential', [100, 200, 400, 800, 1000]],
    ['fibonacci', [100, 100, 200, 300, 500]],
  ] as const)('%s grows as it says and stops at maxDelayMs', (backoff, expected) => {
    expect([1, 2, 3, 4, 5].map((n) => backoffMs({ ...plain, backoff }, n, 0.5))).toEqual(expected);
  });

  test('AT4 jitter stays within its band and never exceeds maxDelayMs', () => {
    const options = fc.record({
      backoff: fc.constantFrom('immediate', 'fixed', 'linear', 'exponential', 'fibonacci'),
      delayMs: fc.integer({ min: 0, max: 1e6 }),
      maxDelayMs: fc.integer({ min: 0, max: 1e6 }),
      factor: fc.double({ min: 1, max: 10, noNaN: true }),
      jitter: fc.constantFrom('none', 'full', 'equal'),
    }) as fc.Arbitrary<BackoffOptions>;
    const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(options, fc.integer({ min: 1, max: 2000 }), unit, (given, n, random) => {
        const full = backoffMs({ ...given, jitter: 'none' }, n, random);
        const delayMs = backoffMs(given, n, random);
        expect(Number.isInteger(delayMs)).toBe(true);
        expect(delayMs).toBeGreaterThanOrEqual(given.jitter === 'equal' ? Math.floor(full / 2) : 0);
        expect(delayMs).toBeLessThanOrEqual(Math.min(full, given.maxDelayMs));
      }),
    );
  });
});
