import { HeddleError } from '../errors.ts';

/** When to raise an alert. */
export interface AlertCondition {
  readonly metric: string;
  readonly operator: AlertOperator;
  readonly threshold: number;
  /** ms the condition has to hold without interruption; at once when absent. */
  readonly duration?: number;
}

export type AlertOperator = 'gt' | 'lt' | 'eq' | 'gte' | 'lte';

const comparisons: Readonly<Record<AlertOperator, { readonly sign: string; holds(a: number, b: number): boolean }>> = {
  gt: { sign: '>', holds: (a, b) => a > b },
  lt: { sign: '<', holds: (a, b) => a < b },
  eq: { sign: '=', holds: (a, b) => a === b },
  gte: { sign: '≥', holds: (a, b) => a >= b },
  lte: { sign: '≤', holds: (a, b) => a <= b },
};

/**
 * One condition watched over samples of its metric. It triggers once when the condition has held for `duration`, from the
 * first sample at which it held, and again only after a sample at which it did not hold. NaN satisfies no condition.
 */
export class AlertRule {
  readonly condition: AlertCondition;
  #heldSinceMs: number | null = null;
  #triggered = false;
  #lastAtMs = Number.NEGATIVE_INFINITY;

  constructor(condition: AlertCondition) {
    this.condition = condition;
  }

  /**
   * @param atMs time of the sample; one before the last sample's counts as at the same time
   * @returns whether the alert triggers by this sample
   */
  take(value: number, atMs: number): boolean {
    const { operator, threshold, duration = 0 } = this.condition;
    this.#lastAtMs = Math.max(this.#lastAtMs, atMs);
    if (!comparisons[operator].holds(value, threshold)) {
      this.#heldSinceMs = null;
      this.#triggered = false;
      return false;
    }
    this.#heldSinceMs ??= this.#lastAtMs;
    if (this.#triggered || this.#lastAtMs - this.#heldSinceMs < duration) return false;
    this.#triggered = true;
    return true;
  }

  /** When it triggers if the condition goes on holding; null when it does not hold, or has triggered. */
  get dueAtMs(): number | null {
    if (this.#heldSinceMs === null || this.#triggered) return null;
    return this.#heldSinceMs + (this.condition.duration ?? 0);
  }
}

/** `failed_tasks > 3 for 500 ms`. */
export function describeCondition({ metric, operator, threshold, duration = 0 }: AlertCondition): string {
  const held = duration > 0 ? ` for ${duration} ms` : '';
  return `${metric} ${comparisons[operator].sign} ${threshold}${held}`;
}

/**
 * The condition, checked.
 *
 * @param metrics the names of the metrics there are
 * @throws BAD_INPUT
 */
export function checkCondition(condition: AlertCondition, metrics: readonly string[]): AlertCondition {
  const { metric, operator, threshold, duration } = condition;
  if (!metrics.includes(metric)) {
    throw refused('metric', `there is no metric ${metric}`, `the metrics are ${metrics.join(', ')}`, { metrics });
  }
  if (!Object.hasOwn(comparisons, operator)) {
    const known = Object.keys(comparisons).join(', ');
    throw refused('operator', `there is no operator ${operator}`, `the operators are ${known}`);
  }
  if (typeof threshold !== 'number' || Number.isNaN(threshold)) {
    throw refused('threshold', `a threshold is a number, not ${threshold}`);
  }
  if (duration !== undefined && !(Number.isFinite(duration) && duration >= 0)) {
    throw refused('duration', `a duration is a number of ms, 0 or more, not ${duration}`);
  }
  return { metric, operator, threshold, ...(duration !== undefined && { duration }) };
}

function refused(path: string, message: string, hint?: string, details?: Readonly<Record<string, unknown>>) {
  return new HeddleError({
    code: 'BAD_INPUT',
    message,
    path,
    ...(hint !== undefined && { hint }),
    ...(details !== undefined && { details }),
  });
}
