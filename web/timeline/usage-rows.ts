import type { ExecutionModel } from '../model/execution-model.ts';
import { slots, type UsageStep, usedAt } from '../model/usage.ts';
import { formatMs } from './time-scale.ts';

/** Of one resource: what is drawn of it. */
export interface UsageRow {
  readonly type: string;
  readonly steps: readonly UsageStep[];
  /** Undefined where nobody tells. */
  readonly capacity: number | undefined;
  /** The most that was ever in use. */
  readonly peak: number;
  /** What the full height stands for. */
  readonly full: number;
}

const rowsMax = 6;

/** Slots first, then the resources in the order in which they were first taken. */
export function usageRows(
  { usage }: ExecutionModel,
  capacities: Readonly<Record<string, number>>,
): readonly UsageRow[] {
  return [...usage.steps]
    .sort(([a], [b]) => Number(b === slots) - Number(a === slots))
    .slice(0, rowsMax)
    .map(([type, steps]) => {
      const capacity = capacities[type];
      const peak = steps.reduce((most, { used }) => Math.max(most, used), 0);
      return { type, steps, capacity, peak, full: Math.max(capacity ?? 0, peak, Number.MIN_VALUE) };
    });
}

export const isFull = (used: number, { capacity }: Pick<UsageRow, 'capacity'>): boolean =>
  capacity !== undefined && used > 0 && used >= capacity * 0.999;

/** At a moment, in words. */
export function tellUsage(row: UsageRow, ms: number): string {
  const used = usedAt(row.steps, ms);
  const of = row.capacity === undefined ? '' : ` of ${amount(row.capacity)}`;
  return `${row.type}: ${amount(used)}${of} in use at ${formatMs(ms)}${isFull(used, row) ? ' · ▽ full' : ''}`;
}

/** Short enough for a label: 16384 is 16k. */
export function amount(value: number): string {
  if (value >= 10_000) return `${Math.round(value / 1000)}k`;
  return String(Math.round(value * 100) / 100);
}
