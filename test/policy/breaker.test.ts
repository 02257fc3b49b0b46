import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type BreakerPolicy,
  type BreakerState,
  breakerAbandoned,
  breakerAdmits,
  breakerClosed,
  breakerTold,
  resolveBreaker,
} from '../../src/policy/breaker.ts';

const policy: BreakerPolicy = { failures: 3, openMs: 100, halfOpenMax: 1, key: 'k' };
const failing = (times: number, from: BreakerState = breakerClosed, atMs = 0): BreakerState =>
  Array.from({ length: times }).reduce((state: BreakerState) => breakerTold(state, policy, 'failed', atMs), from);

describe('a breaker', () => {
  test('takes the defaults of the format, and the key it is given', () => {
    expect(resolveBreaker({}, 'module')).toEqual({ failures: 5, openMs: 30_000, halfOpenMax: 1, key: 'module' });
    expect(resolveBreaker({ failures: 2, key: 'mine' }, 'module')).toMatchObject({ failures: 2, key: 'mine' });
  });

  test('opens after so many failures in a row, which a success begins anew', () => {
    expect(failing(2).phase).toBe('closed');
    expect(failing(3)).toEqual({ phase: 'open', failures: 0, openedAtMs: 0, trials: 0 });
    expect(failing(2, breakerTold(failing(2), policy, 'succeeded', 0)).phase).toBe('closed');
  });

  test('refuses while it is open, telling for how long, and then lets one trial through', () => {
    const open = failing(3, breakerClosed, 1000);
    expect(breakerAdmits(open, policy, 1030)).toEqual({ admit: false, state: open, retryAfterMs: 70 });
    expect(breakerAdmits(open, policy, 1099)).toMatchObject({ admit: false, retryAfterMs: 1 });
    const trial = breakerAdmits(open, policy, 1100);
    expect(trial).toEqual({
      admit: true,
      state: { phase: 'halfOpen', failures: 0, openedAtMs: 1100, trials: 1 },
    });
    expect(breakerAdmits(trial.state, policy, 1110)).toMatchObject({ admit: false, retryAfterMs: 90 });
  });

  test('one success of a trial closes it, one failure opens it again', () => {
    const { state } = breakerAdmits(failing(3), policy, 100);
    expect(breakerTold(state, policy, 'succeeded', 110)).toEqual(breakerClosed);
    expect(breakerTold(state, policy, 'failed', 110)).toMatchObject({ phase: 'open', openedAtMs: 110 });
  });

  test('what calls from before tell while it is open changes nothing', () => {
    const open = failing(3);
    expect(breakerTold(open, policy, 'succeeded', 50)).toBe(open);
    expect(breakerTold(open, policy, 'failed', 50)).toBe(open);
  });

  test('nothing changes, nothing is new: a healthy service costs no writes', () => {
    expect(breakerAdmits(breakerClosed, policy, 5).state).toBe(breakerClosed);
    expect(breakerTold(breakerClosed, policy, 'succeeded', 5)).toBe(breakerClosed);
  });

  test('a trial that is abandoned gives its place back, to its own half-open phase only', () => {
    const { state } = breakerAdmits(failing(3), policy, 100);
    const given = breakerAbandoned(state, state);
    expect(given).toEqual({ ...state, trials: 0 });
    expect(breakerAdmits(given, policy, 101).admit).toBe(true);
    const reopened = breakerTold(state, policy, 'failed', 110);
    const later = breakerAdmits(reopened, policy, 300).state;
    expect(breakerAbandoned(later, state)).toBe(later);
    expect(breakerAbandoned(reopened, state)).toBe(reopened);
    expect(breakerAbandoned(state, breakerClosed)).toBe(state);
  });

  test('trials lost with their host do not keep it shut for ever', () => {
    const { state } = breakerAdmits(failing(3), policy, 100);
    expect(breakerAdmits(state, policy, 199).admit).toBe(false);
    expect(breakerAdmits(state, policy, 200)).toMatchObject({ admit: true, state: { openedAtMs: 200, trials: 1 } });
  });

  test('a clock that was set back keeps it open for openMs at most', () => {
    const open = failing(3, breakerClosed, 1_000_000);
    const refused = breakerAdmits(open, policy, 5);
    expect(refused).toMatchObject({ admit: false, retryAfterMs: 100 });
    expect(breakerAdmits(refused.state, policy, 105).admit).toBe(true);
  });
});

/** The same breaker by its whole history: every question is answered by reading it from the start. */
class NaiveBreaker {
  readonly #events: { readonly what: 'trial' | 'succeeded' | 'failed' | 'abandoned'; readonly atMs: number }[] = [];
  readonly #policy: BreakerPolicy;

  constructor(policy: BreakerPolicy) {
    this.#policy = policy;
  }

  ask(atMs: number): boolean {
    const { openedAt, halfOpenAt, trials } = this.#now();
    if (openedAt === null) return true;
    if (halfOpenAt !== null && trials < this.#policy.halfOpenMax) {
      this.#events.push({ what: 'trial', atMs });
      return true;
    }
    if (atMs < (halfOpenAt ?? openedAt) + this.#policy.openMs) return false;
    this.#events.push({ what: 'trial', atMs });
    return true;
  }

  tell(what: 'succeeded' | 'failed' | 'abandoned', atMs: number): void {
    this.#events.push({ what, atMs });
  }

  #now() {
    let [row, trials] = [0, 0];
    let [openedAt, halfOpenAt]: [number | null, number | null] = [null, null];
    for (const { what, atMs } of this.#events) {
      const isOpen = openedAt !== null && halfOpenAt === null;
      if (what === 'trial') {
        const anew = halfOpenAt === null || trials >= this.#policy.halfOpenMax;
        trials = anew ? 1 : trials + 1;
        if (anew) halfOpenAt = atMs;
      } else if (what === 'abandoned') trials = Math.max(0, trials - 1);
      else if (isOpen) continue;
      else if (what === 'succeeded') [row, trials, openedAt, halfOpenAt] = [0, 0, null, null];
      else {
        row++;
        if (halfOpenAt !== null || row >= this.#policy.failures)
          [row, trials, openedAt, halfOpenAt] = [0, 0, atMs, null];
      }
    }
    return { openedAt, halfOpenAt, trials };
  }
}

test('it does what its history says, whatever happens', () => {
  const step = fc.record({
    what: fc.constantFrom('ask', 'ask', 'succeeded', 'failed', 'failed', 'abandoned'),
    afterMs: fc.integer({ min: 0, max: 80 }),
  });
  const policies = fc.record({
    failures: fc.integer({ min: 1, max: 4 }),
    openMs: fc.integer({ min: 1, max: 200 }),
    halfOpenMax: fc.integer({ min: 1, max: 3 }),
    key: fc.constant('k'),
  });
  fc.assert(
    fc.property(policies, fc.array(step, { maxLength: 60 }), (given, steps) => {
      const naive = new NaiveBreaker(given);
      let [state, nowMs] = [breakerClosed, 0];
      for (const { what, afterMs } of steps) {
        nowMs += afterMs;
        if (what === 'ask') {
          const answer = breakerAdmits(state, given, nowMs);
          expect(answer.admit).toBe(naive.ask(nowMs));
          expect(answer.retryAfterMs === undefined).toBe(answer.admit);
          if (!answer.admit) {
            expect(answer.retryAfterMs).toBeLessThanOrEqual(given.openMs);
            expect(breakerAdmits(answer.state, given, nowMs + (answer.retryAfterMs ?? 0)).admit).toBe(true);
          }
          state = answer.state;
        } else if (what === 'abandoned') {
          // The latest trial gives up, if one is under way.
          if (state.phase === 'halfOpen') naive.tell('abandoned', nowMs);
          state = breakerAbandoned(state, state);
        } else {
          state = breakerTold(state, given, what as 'succeeded' | 'failed', nowMs);
          naive.tell(what as 'succeeded' | 'failed', nowMs);
        }
        expect(state.trials).toBeLessThanOrEqual(given.halfOpenMax);
      }
    }),
    { numRuns: 500 },
  );
});
