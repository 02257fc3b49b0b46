import type { Backoff, Jitter } from '../program/program.ts';

export interface BackoffOptions {
  readonly backoff: Backoff;
  readonly delayMs: number;
  readonly maxDelayMs: number;
  readonly factor: number;
  readonly jitter: Jitter;
}

/** Growth of the delay with the number of failures n (from 1), as a multiple of `delayMs`. */
const growth: Readonly<Record<Backoff, (n: number, factor: number) => number>> = {
  immediate: () => 0,
  fixed: () => 1,
  linear: (n) => n,
  exponential: (n, factor) => factor ** (n - 1),
  fibonacci,
};

/**
 * Whole ms to wait after the n-th failure. The cap comes before jitter, so that jitter still spreads capped delays
 * ("Exponential Backoff and Jitter", AWS Architecture Blog, 2015: `full` is uniform in [0, d], `equal` in [d/2, d]).
 */
export function backoffMs(options: BackoffOptions, failures: number, random: number): number {
  const delayMs = Math.min(options.delayMs * growth[options.backoff](failures, options.factor), options.maxDelayMs);
  return Math.round(jittered[options.jitter](delayMs, random));
}

const jittered: Readonly<Record<Jitter, (delayMs: number, random: number) => number>> = {
  none: (delayMs) => delayMs,
  full: (delayMs, random) => delayMs * random,
  equal: (delayMs, random) => delayMs / 2 + (delayMs / 2) * random,
};

/** 1, 1, 2, 3, 5 ... */
function fibonacci(n: number): number {
  let [previous, current] = [0, 1];
  for (let i = 1; i < n && current < Number.MAX_SAFE_INTEGER; i++) [previous, current] = [current, previous + current];
  return current;
}
