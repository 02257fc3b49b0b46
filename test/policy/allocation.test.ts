import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { admit, type WaitingRequest } from '../../src/policy/allocation.ts';
import { type Amounts, amountsOf, sum } from '../../src/policy/amounts.ts';

let ids = 0;
const request = (needs: Record<string, number>, more: Partial<WaitingRequest> = {}): WaitingRequest => ({
  id: `r${ids++}`,
  needs: amountsOf(needs),
  priority: 5,
  sinceMs: 0,
  ...more,
});
const capacity = amountsOf({ cpu: 4, memory: 8 });
const nothing = amountsOf({});
const ageingMs = 100;
const ids_ = (granted: readonly WaitingRequest[]) => granted.map(({ id }) => id);

describe('who is admitted', () => {
  test('by priority, and by arrival inside one', () => {
    const [a, b, c] = [request({ cpu: 1 }), request({ cpu: 1 }, { priority: 9 }), request({ cpu: 1 })];
    expect(ids_(admit([a, b, c], nothing, capacity, 1, ageingMs))).toEqual(ids_([b, a, c]));
  });

  test('a smaller request passes one that has no room', () => {
    const [big, small] = [request({ cpu: 3 }, { priority: 9 }), request({ cpu: 2 })];
    expect(ids_(admit([big, small], amountsOf({ cpu: 2 }), capacity, 1, ageingMs))).toEqual([small.id]);
  });

  test('once the big one has aged nothing passes that takes of what it needs; what it leaves over may be had', () => {
    const big = request({ cpu: 3, memory: 6 }, { priority: 0 });
    const small = request({ cpu: 1 }, { priority: 10, sinceMs: 90 });
    const other = request({ memory: 2 }, { sinceMs: 90 });
    const greedy = request({ memory: 3 }, { sinceMs: 90 });
    const queue = [big, small, other, greedy];
    const used = amountsOf({ cpu: 2 });
    expect(ids_(admit(queue, used, capacity, 99, ageingMs))).toEqual(ids_([small, other, greedy]));
    expect(ids_(admit(queue, used, capacity, 100, ageingMs))).toEqual([other.id]);
    expect(ids_(admit(queue, amountsOf({ cpu: 1 }), capacity, 100, ageingMs))).toEqual(ids_([big, other]));
  });

  test('of the aged the oldest goes first, whatever the priorities', () => {
    const [young, old] = [request({ cpu: 4 }, { priority: 10, sinceMs: 50 }), request({ cpu: 4 }, { priority: 0 })];
    expect(ids_(admit([young, old], nothing, capacity, 60, ageingMs))).toEqual([young.id]);
    expect(ids_(admit([young, old], nothing, capacity, 200, ageingMs))).toEqual([old.id]);
  });

  test('all of a request or nothing', () => {
    expect(admit([request({ cpu: 1, memory: 9 })], nothing, capacity, 1, ageingMs)).toEqual([]);
    expect(admit([request({ cpu: 1, gpu: 1 })], nothing, capacity, 1, ageingMs)).toEqual([]);
    expect(admit([request({ cpu: 1, gpu: 0 })], nothing, capacity, 1, ageingMs).length).toBe(1);
  });

  test('what fits on paper fits: three tenths are no more than 0.3', () => {
    const tenths = [1, 2, 3].map(() => request({ cpu: 0.1 }));
    expect(admit(tenths, nothing, amountsOf({ cpu: 0.3 }), 1, ageingMs).length).toBe(3);
  });
});

describe('reservations', () => {
  const reservation = { id: 'mine', amounts: amountsOf({ cpu: 3 }), fromMs: 50, untilMs: 80 };
  const at = (nowMs: number, ...queue: WaitingRequest[]) =>
    ids_(admit(queue, nothing, capacity, nowMs, ageingMs, [reservation]));

  test('from their time on they are kept for whom they are for, who goes first', () => {
    const [other, claim] = [
      request({ cpu: 2 }, { priority: 10 }),
      request({ cpu: 3 }, { priority: 0, reservationId: 'mine' }),
    ];
    expect(at(49, other, claim)).toEqual([other.id]);
    expect(at(50, other)).toEqual([]);
    expect(at(50, other, claim)).toEqual([claim.id]);
    expect(at(80, other, claim)).toEqual([other.id]);
  });

  test('who tells how long it takes is kept out of what begins within that time', () => {
    expect(at(40, request({ cpu: 2 }, { durationMs: 10 })).length).toBe(1);
    expect(at(40, request({ cpu: 2 }, { durationMs: 11 }))).toEqual([]);
    expect(at(40, request({ cpu: 1 }, { durationMs: 1000 })).length).toBe(1);
  });

  test('a part of it that was drawn is not kept twice', () => {
    const [claim, other] = [request({ cpu: 3 }, { reservationId: 'mine' }), request({ cpu: 1 })];
    expect(at(60, claim, other)).toEqual([claim.id, other.id]);
  });
});

describe('over time', () => {
  interface Arrival {
    readonly afterMs: number;
    readonly holdMs: number;
    readonly needs: { readonly cpu: number; readonly memory: number };
    readonly priority: number;
  }
  const holdMsMax = 40;
  const arrivals = fc.array(
    fc.record({
      afterMs: fc.integer({ min: 0, max: 15 }),
      holdMs: fc.integer({ min: 1, max: holdMsMax }),
      needs: fc.record({ cpu: fc.integer({ min: 0, max: 4 }), memory: fc.integer({ min: 0, max: 8 }) }),
      priority: fc.integer({ min: 0, max: 10 }),
    }),
    { minLength: 1, maxLength: 60 },
  );

  /** Lets them arrive, hold and let go, ms by ms. @returns how long each waited, and how many older ones it met */
  function simulate(given: readonly Arrival[], check: (used: Amounts) => void) {
    const start = new Map<number, Arrival[]>();
    let lastMs = 0;
    for (const arrival of given) {
      lastMs += arrival.afterMs;
      start.set(lastMs, [...(start.get(lastMs) ?? []), arrival]);
    }
    let queue: { readonly request: WaitingRequest; readonly holdMs: number; readonly older: number }[] = [];
    let held: { readonly needs: Amounts; readonly untilMs: number }[] = [];
    const waits: { readonly waitedMs: number; readonly older: number }[] = [];
    for (let nowMs = 0; nowMs <= lastMs || queue.length + held.length > 0; nowMs++) {
      if (nowMs > 100_000) throw new Error('somebody starves');
      held = held.filter(({ untilMs }) => untilMs > nowMs);
      for (const { needs, priority, holdMs } of start.get(nowMs) ?? []) {
        queue.push({ request: request({ ...needs }, { priority, sinceMs: nowMs }), holdMs, older: queue.length });
      }
      const waiting = queue.map((each) => each.request);
      const granted = admit(waiting, sum(held.map(({ needs }) => needs)), capacity, nowMs, ageingMs);
      for (const each of queue.filter(({ request }) => granted.includes(request))) {
        held.push({ needs: each.request.needs, untilMs: nowMs + each.holdMs });
        waits.push({ waitedMs: nowMs - each.request.sinceMs, older: each.older });
      }
      queue = queue.filter(({ request }) => !granted.includes(request));
      check(sum(held.map(({ needs }) => needs)));
    }
    return waits;
  }

  test('the sum is never above the capacity, and is zero after all have let go', () => {
    fc.assert(
      fc.property(arrivals, (given) => {
        let last: Amounts = nothing;
        const waits = simulate(given, (used) => {
          for (const [type, amount] of used) expect(amount).toBeLessThanOrEqual(capacity.get(type) ?? 0);
          last = used;
        });
        expect([...last.values()].every((amount) => amount === 0)).toBe(true);
        expect(waits.length).toBe(given.length);
      }),
    );
  });

  test('nobody starves: once aged one waits for those before it, and for nobody else', () => {
    fc.assert(
      fc.property(arrivals, (given) => {
        for (const { waitedMs, older } of simulate(given, () => undefined)) {
          expect(waitedMs).toBeLessThanOrEqual(ageingMs + (older + 1) * holdMsMax);
        }
      }),
    );
  });

  test('a big request among an endless stream of small, more important ones', () => {
    const big = { afterMs: 0, holdMs: 10, needs: { cpu: 4, memory: 8 }, priority: 0 };
    const small = { afterMs: 5, holdMs: 20, needs: { cpu: 1, memory: 1 }, priority: 10 };
    const stream = Array.from({ length: 400 }, () => small);
    const [waited] = simulate([small, { ...big, afterMs: 1 }, ...stream], () => undefined).filter(
      ({ waitedMs }) => waitedMs >= ageingMs,
    );
    expect(waited?.waitedMs).toBeLessThanOrEqual(ageingMs + 20);
  });
});
