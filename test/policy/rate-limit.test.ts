import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rateAdmits, rateUnused } from '../../src/policy/rate-limit.ts';

const rates = fc.oneof(fc.integer({ min: 1, max: 5000 }), fc.double({ min: 0.01, max: 50, noNaN: true }));

/** Times of the calls let through when everyone asks again as told. */
function letThrough(perSecond: number, calls: number, startMs = 1_000_000): readonly number[] {
  let [state, nowMs] = [rateUnused, startMs];
  const times: number[] = [];
  while (times.length < calls) {
    const answer = rateAdmits(state, perSecond, nowMs);
    state = answer.state;
    if (answer.admit) times.push(nowMs);
    else nowMs += answer.retryAfterMs;
  }
  return times;
}

describe('a rate limit', () => {
  test('spaces calls evenly and says how long to wait', () => {
    const first = rateAdmits(rateUnused, 10, 1000);
    expect(first).toEqual({ admit: true, state: { nextMs: 1100 }, retryAfterMs: 0 });
    expect(rateAdmits(first.state, 10, 1001)).toMatchObject({ admit: false, retryAfterMs: 99 });
    expect(rateAdmits(first.state, 10, 1099).admit).toBe(false);
    expect(rateAdmits(first.state, 10, 1100)).toMatchObject({ admit: true, state: { nextMs: 1200 } });
  });

  test('time without calls is not saved up', () => {
    const { state } = rateAdmits(rateUnused, 10, 1000);
    const later = rateAdmits(state, 10, 60_000);
    expect(later.admit).toBe(true);
    expect(rateAdmits(later.state, 10, 60_050).admit).toBe(false);
  });

  test('in no span of time more than the rate allows', () => {
    fc.assert(
      fc.property(rates, fc.integer({ min: 2, max: 60 }), (perSecond, calls) => {
        const times = letThrough(perSecond, calls);
        for (const [from, start] of times.entries()) {
          for (let until = from; until < times.length; until++) {
            const spanMs = (times[until] ?? 0) - start;
            // One for the first, and the ms the clock cannot tell.
            expect(until - from + 1).toBeLessThanOrEqual(Math.floor(((spanMs + 1) * perSecond) / 1000 + 1e-6) + 1);
          }
        }
      }),
    );
  });

  test('of whole rates never more in any second than they say', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), (perSecond) => {
        const times = letThrough(perSecond, 2 * perSecond + 2);
        for (const [index, start] of times.entries()) {
          const after = times[index + perSecond];
          if (after !== undefined) expect(after - start).toBeGreaterThanOrEqual(1000);
        }
      }),
    );
  });

  test('asking again as told, the rate is reached over time, of thousands a second too', () => {
    fc.assert(
      fc.property(rates, (perSecond) => {
        const calls = 200;
        const times = letThrough(perSecond, calls);
        const idealMs = ((calls - 1) * 1000) / perSecond;
        expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeLessThanOrEqual(idealMs + 1);
      }),
    );
    const times = letThrough(4000, 2000);
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeLessThanOrEqual(510);
  });

  test('a clock that was set back makes nobody wait for longer than one place', () => {
    const { state } = rateAdmits(rateUnused, 10, 1_000_000);
    const answer = rateAdmits(state, 10, 5);
    expect(answer.admit).toBe(false);
    expect(answer.retryAfterMs).toBeLessThanOrEqual(101);
    expect(rateAdmits(answer.state, 10, 5 + answer.retryAfterMs).admit).toBe(true);
  });
});
