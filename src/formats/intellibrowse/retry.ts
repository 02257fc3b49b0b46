import type { Backoff, ProgramNode } from '../../program/program.ts';
import type { Fields } from '../fields.ts';

const backoffs = {
  immediate: 'immediate',
  linear_backoff: 'linear',
  exponential_backoff: 'exponential',
  fibonacci_backoff: 'fibonacci',
  circuit_breaker: 'exponential',
  none: 'none',
  custom_backoff: 'custom',
} as const satisfies { readonly [strategy: string]: Backoff | 'none' | 'custom' };
const strategies = Object.keys(backoffs) as readonly (keyof typeof backoffs)[];

export type NodeRetry = Pick<ProgramNode, 'retry' | 'breaker'>;

/**
 * A retry policy of IntelliBrowse. Its model and its service disagree on two delays; the model's linear growth and the service's
 * Fibonacci numbers (1, 1, 2, 3) are what Heddle has. Jitter of any range becomes `equal`.
 */
export function readRetryPolicy(policy: Fields): NodeRetry {
  const strategy = policy.oneOf('strategy', strategies) ?? 'exponential_backoff';
  const backoff = backoffs[strategy];
  const attempts = policy.number('max_attempts', { min: 1, max: 10, whole: true }) ?? 3;
  const delayMs = policy.number('base_delay_ms', { min: 100 }) ?? 1000;
  const maxDelayMs = policy.number('max_delay_ms', { min: 1000 }) ?? 60_000;
  const factor = policy.number('backoff_multiplier', { min: 1, max: 10 }) ?? 2;
  const jitter = policy.flag('jitter_enabled') ?? true;
  const breaks = (policy.flag('circuit_breaker_enabled') ?? false) || strategy === 'circuit_breaker';
  const failures = policy.number('failure_threshold', { min: 1, whole: true }) ?? 5;
  const openMs = policy.number('circuit_timeout_ms', { min: 1000 }) ?? 30_000;
  const nonRetryable = policy.texts('non_retryable_error_types').map(({ text }) => text);
  if (delayMs >= maxDelayMs)
    policy.refuse('base_delay_ms', `has a base_delay_ms of ${delayMs}, not below its max_delay_ms of ${maxDelayMs}`);
  if (backoff === 'custom')
    policy.refuse(
      'strategy',
      'has a custom_backoff, whose code is not in the file',
      'choose one of the other strategies',
    );
  policy.ignore(['success_threshold'], 'one success closes a circuit here');
  policy.ignore(['retryable_error_types'], 'modules say themselves which of their errors are worth a retry');
  policy.ignore(['escalation_policy', 'fallback_strategy'], 'what they name is not in the file');
  if (backoff === 'none' || backoff === 'custom') return {};
  return {
    retry: {
      attempts,
      backoff,
      delayMs,
      maxDelayMs,
      factor,
      jitter: jitter ? 'equal' : 'none',
      ...(nonRetryable.length > 0 && { nonRetryable }),
    },
    ...(breaks && { breaker: { failures, openMs } }),
  };
}
