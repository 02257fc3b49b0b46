/** What a rate limiter remembers: when the next call would come if all came evenly (the theoretical arrival time). */
export interface RateState {
  readonly nextMs: number;
}

export const rateUnused: RateState = { nextMs: 0 };

export interface RateAnswer {
  readonly admit: boolean;
  readonly state: RateState;
  /** Whole ms until the next call is let through; 0 of one that is. */
  readonly retryAfterMs: number;
}

/**
 * Clocks and timers tell whole ms: what is due within the current one is let through, or no rate above 1000 could be kept.
 * Not quite a whole one, because what is due at the next may be a rounding error short of it.
 */
const resolutionMs = 0.999;

/**
 * Lets calls through evenly, `perSecond` of them, without bursts (the generic cell rate algorithm, ITU-T I.371, with no
 * tolerance but the clock's). A call that is let through late does not let others through earlier.
 * @param perSecond above 0
 */
export function rateAdmits({ nextMs }: RateState, perSecond: number, nowMs: number): RateAnswer {
  const spacingMs = 1000 / perSecond;
  // Further ahead than one call can have put it: the clock was set back, or the limit was raised.
  const dueMs = Math.min(nextMs, nowMs + resolutionMs + spacingMs);
  const earlyMs = dueMs - nowMs;
  if (earlyMs >= resolutionMs) {
    return { admit: false, state: { nextMs: dueMs }, retryAfterMs: Math.floor(earlyMs - resolutionMs) + 1 };
  }
  return { admit: true, state: { nextMs: Math.max(dueMs, nowMs) + spacingMs }, retryAfterMs: 0 };
}
