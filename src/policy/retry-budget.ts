/**
 * A budget of retries for a whole execution, so that a dependency that is down is not asked ever more often (Envoy's retry
 * budget; Google SRE Book, "Handling Overload"): at most a share of the attempts so far, but always a few.
 */
export interface RetryBudget {
  readonly ratio: number;
  readonly min?: number;
}

const retriesMinDefault = 10;

/** @returns how many retries there may have been by now; without a budget, any number */
export function retriesAllowed(budget: RetryBudget | undefined, attempts: number): number {
  if (budget === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(budget.min ?? retriesMinDefault, Math.floor(budget.ratio * attempts));
}
