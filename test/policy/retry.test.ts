import { describe, expect, test } from 'vitest';
import { decideRetry, resolveRetry } from '../../src/policy/retry.ts';

const failed = { code: 'MODULE_FAILED', message: 'no' };
const policy = resolveRetry({
  attempts: 3,
  backoff: 'fixed',
  delayMs: 100,
  jitter: 'none',
  nonRetryable: ['PAYMENT_REFUSED'],
});

describe('decideRetry', () => {
  test('AT3 tries again while attempts are left, then stops', () => {
    expect([1, 2, 3].map((n) => decideRetry(policy, failed, n, 0).retry)).toEqual([true, true, false]);
  });
  test('AT3 a node without a policy is tried once', () => {
    expect(decideRetry(resolveRetry(undefined), failed, 1, 0)).toEqual({ retry: false });
  });
  test('AT3 an error that is not retryable, or whose code is excluded, is final', () => {
    expect(decideRetry(policy, { ...failed, retryable: false }, 1, 0).retry).toBe(false);
    expect(decideRetry(policy, { ...failed, code: 'PAYMENT_REFUSED' }, 1, 0).retry).toBe(false);
  });
  test('AT4 waits at least as long as the failing service asked', () => {
    expect(decideRetry(policy, failed, 1, 0, 5000)).toEqual({ retry: true, delayMs: 5000 });
    expect(decideRetry(policy, failed, 1, 0, 5)).toEqual({ retry: true, delayMs: 100 });
  });
});
