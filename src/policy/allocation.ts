import { type Amounts, firstLacking, without } from './amounts.ts';
import { peakReserved, type Reservation } from './reservation.ts';

/** A request for resources that waits: it gets all that it needs at once, or nothing. */
export interface WaitingRequest {
  readonly id: string;
  readonly needs: Amounts;
  /** 0 (last) to 10 (first). */
  readonly priority: number;
  /** Since when it has waited. */
  readonly sinceMs: number;
  /** How long it means to hold them: then it is also kept from what is reserved for later within that time. */
  readonly durationMs?: number;
  /** The reservation it draws upon. */
  readonly reservationId?: string;
}

/**
 * The requests to be granted now, in order. By priority, then by arrival, and a smaller request may pass a larger one that
 * has no room yet (backfilling). A request that has waited for `ageingMs` goes before all younger ones, whatever their
 * priority, and while it has no room nobody is given any of what it needs: what is released adds up until it fits, so that
 * it gets its turn as soon as those who held something have let go. So does a request whose reservation has begun.
 *
 * @param queue by arrival
 * @param used the sum of what is held now
 */
export function admit<R extends WaitingRequest>(
  queue: readonly R[],
  used: Amounts,
  capacity: Amounts,
  nowMs: number,
  ageingMs: number,
  reservations: readonly Reservation[] = [],
): readonly R[] {
  const granted: R[] = [];
  let free: Amounts = without(capacity, used);
  let reserved = reservations.filter(({ untilMs }) => untilMs > nowMs);
  for (const { request, rank } of inOrder(queue, reserved, nowMs, ageingMs)) {
    if (rank === 'early') continue;
    const room = reserved.length === 0 ? free : without(free, asideFor(request, reserved, nowMs));
    if (firstLacking(request.needs, room) === undefined) {
      granted.push(request);
      free = without(free, request.needs);
      reserved = reserved.map((each) =>
        each.id === request.reservationId ? { ...each, amounts: without(each.amounts, request.needs) } : each,
      );
    } else if (rank !== 'young') free = without(free, request.needs);
  }
  return granted;
}

/** What is kept for others while the request would hold what it asks for. */
function asideFor(request: WaitingRequest, reservations: readonly Reservation[], nowMs: number): Amounts {
  const others = reservations.filter(({ id }) => id !== request.reservationId);
  return peakReserved(others, nowMs, nowMs + (request.durationMs ?? 0));
}

type Rank = 'reserved' | 'aged' | 'young' | 'early';
const ranks: readonly Rank[] = ['reserved', 'aged', 'young', 'early'];

function inOrder<R extends WaitingRequest>(
  queue: readonly R[],
  reservations: readonly Reservation[],
  nowMs: number,
  ageingMs: number,
): readonly { readonly request: R; readonly rank: Rank }[] {
  const rankOf = ({ reservationId, sinceMs }: WaitingRequest): Rank => {
    const reservation = reservationId === undefined ? undefined : reservations.find(({ id }) => id === reservationId);
    if (reservation !== undefined) return reservation.fromMs <= nowMs ? 'reserved' : 'early';
    return nowMs - sinceMs >= ageingMs ? 'aged' : 'young';
  };
  // Sorting is stable: what compares equal stays in the order of arrival.
  return queue
    .map((request) => ({ request, rank: rankOf(request) }))
    .sort((a, b) => {
      if (a.rank !== b.rank) return ranks.indexOf(a.rank) - ranks.indexOf(b.rank);
      return a.rank === 'aged' ? a.request.sinceMs - b.request.sinceMs : b.request.priority - a.request.priority;
    });
}
