import { type Amounts, firstLacking, sum, without } from './amounts.ts';

/** So much is kept free for someone, from one time until before another. */
export interface Reservation {
  readonly id: string;
  /** What of it is not in use by whom it is for. */
  readonly amounts: Amounts;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The most that is reserved of each type at any time from `fromMs` until before `untilMs`; at `fromMs` itself in any case. */
export function peakReserved(reservations: readonly Reservation[], fromMs: number, untilMs: number): Amounts {
  const peak = new Map<string, number>();
  // It only ever rises when a reservation begins.
  const begins = reservations.map((each) => each.fromMs).filter((atMs) => atMs > fromMs && atMs < untilMs);
  for (const atMs of new Set([fromMs, ...begins])) {
    const active = reservations.filter((each) => each.fromMs <= atMs && atMs < each.untilMs);
    for (const [type, amount] of sum(active.map(({ amounts }) => amounts))) {
      peak.set(type, Math.max(peak.get(type) ?? 0, amount));
    }
  }
  return peak;
}

/** The first type of which there is not enough beside what is reserved already, `undefined` when it can be promised. */
export function firstUnpromisable(
  wanted: Omit<Reservation, 'id'>,
  reservations: readonly Reservation[],
  capacity: Amounts,
): string | undefined {
  return firstLacking(wanted.amounts, without(capacity, peakReserved(reservations, wanted.fromMs, wanted.untilMs)));
}
