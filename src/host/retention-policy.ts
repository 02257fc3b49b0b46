import { HeddleError } from '../errors.ts';

/** How long ended executions are kept; without a limit, until they are deleted. */
export interface RetentionPolicy {
  /** After their end, in ms. */
  readonly maxAgeMs?: number;
  /** So many of those that began last; their sub-programs come on top. */
  readonly maxExecutions?: number;
}

/** @throws BAD_INPUT for what is no number from 0 on */
export function checkRetention(policy: RetentionPolicy): RetentionPolicy {
  for (const name of ['maxAgeMs', 'maxExecutions'] as const) {
    const given = policy[name];
    if (given === undefined || (typeof given === 'number' && given >= 0)) continue;
    throw new HeddleError({
      code: 'BAD_INPUT',
      message: `retention.${name} is ${String(given)}, not a number from 0 on`,
      path: `retention.${name}`,
    });
  }
  return policy;
}

/** What a sweep erased. */
export interface Sweep {
  /** Sub-programs count too. */
  readonly executions: number;
  /** Results and claims of the cache, and whatever else had expired. */
  readonly records: number;
  /** Executions that could not be erased; the next sweep tries again. */
  readonly failed: number;
}
