import type { ExecutionRecord } from './execution-record.ts';

/** What the executions of a program held of one resource. */
export interface HeldProfile {
  /** Mean over the time they took. */
  readonly meanHeld: number;
  readonly peak: number;
  /** Mean share of what their hosts had, 0 to 1; absent where none told. */
  readonly utilisation?: number;
}

/** @returns undefined when none held anything */
export function heldProfile(records: readonly ExecutionRecord[]): { readonly [type: string]: HeldProfile } | undefined {
  const types = new Set(records.flatMap(({ resources }) => Object.keys(resources ?? {})));
  if (types.size === 0) return undefined;
  return Object.fromEntries([...types].map((type) => [type, profileOfType(records, type)]));
}

/** An execution that held nothing of it took its time all the same. */
function profileOfType(records: readonly ExecutionRecord[], type: string): HeldProfile {
  const sums = { amountMs: 0, ms: 0, peak: 0, knownMs: 0, capacityMs: 0 };
  const known = records.findLast(({ resources }) => resources?.[type]?.capacity !== undefined)?.resources?.[type];
  for (const { startedAtMs, endedAtMs, resources } of records) {
    const { amountMs = 0, peak = 0, capacity = known?.capacity } = resources?.[type] ?? {};
    const ms = Math.max(0, endedAtMs - startedAtMs);
    sums.amountMs += amountMs;
    sums.ms += ms;
    sums.peak = Math.max(sums.peak, peak);
    if (capacity === undefined) continue;
    sums.knownMs += amountMs;
    sums.capacityMs += capacity * ms;
  }
  return {
    meanHeld: sums.ms > 0 ? sums.amountMs / sums.ms : 0,
    peak: sums.peak,
    ...(sums.capacityMs > 0 && { utilisation: Math.min(1, sums.knownMs / sums.capacityMs) }),
  };
}
