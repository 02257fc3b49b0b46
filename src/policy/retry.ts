import type { ErrorData } from '../errors.ts';
import type { RetryPolicy } from '../program/program.ts';
import { backoffMs } from './backoff.ts';

/** A retry policy with its defaults filled in. One attempt means: never again. */
export type ResolvedRetry = Required<RetryPolicy>;

const retryDefaults: ResolvedRetry = {
  attempts: 3,
  backoff: 'exponential',
  delayMs: 200,
  maxDelayMs: 30_000,
  factor: 2,
  jitter: 'full',
  nonRetryable: [],
};

/** Absent fields take the defaults. */
export function resolveRetry(policy: RetryPolicy | undefined): ResolvedRetry {
  return { ...retryDefaults, ...policy, attempts: attemptsMaxOf(policy) };
}

/** How often a node may be tried, fallbacks and attempts lost with their host not counted: once without `retry`. */
export function attemptsMaxOf(policy: RetryPolicy | undefined): number {
  return policy === undefined ? 1 : (policy.attempts ?? retryDefaults.attempts);
}

export type RetryDecision = { readonly retry: true; readonly delayMs: number } | { readonly retry: false };

/**
 * Decides what follows a failed attempt.
 * @param failures attempts that failed so far, this one included; those lost with their host do not count
 * @param random in [0, 1), for jitter
 * @param retryAfterMs the least the failing service asked us to wait; it wins over a shorter backoff
 */
export function decideRetry(
  policy: ResolvedRetry,
  error: ErrorData,
  failures: number,
  random: number,
  retryAfterMs = 0,
): RetryDecision {
  if (failures >= policy.attempts || error.retryable === false || policy.nonRetryable.includes(error.code))
    return { retry: false };
  return { retry: true, delayMs: Math.max(backoffMs(policy, failures, random), retryAfterMs) };
}
