import { describe, expect, test } from 'vitest';
import { faultsOf } from './faults.ts';
import { type Outcome, World } from './world.ts';

const chunk = 2500;

/** Every seed is a program, its inputs and everything that goes wrong. */
export const simulate = (seed: number): Promise<Outcome> => new World(seed, faultsOf(seed)).run();

/** The laws of DESIGN.md §3 and the invariants, over so many seeds. A seed that fails becomes a named test. */
export function lawsHold(from: number, to: number): void {
  describe(`ST2, ST3, AT2, RC1, RC3, HO2 the laws hold in the simulated world, seeds ${from} to ${to}`, () => {
    const total = { COMPLETED: 0, FAILED: 0, CANCELLED: 0, crashes: 0, events: 0 };
    for (let first = from; first <= to; first += chunk) {
      const last = Math.min(first + chunk - 1, to);
      test(`seeds ${first} to ${last}`, { timeout: 300_000 }, async () => {
        for (let seed = first; seed <= last; seed++) {
          const { state, crashes, journal } = await simulate(seed);
          total[state.finished?.status ?? 'FAILED']++;
          total.crashes += crashes;
          total.events += journal.length;
        }
      });
    }

    test('the world was hostile enough to mean something', () => {
      const seeds = to - from + 1;
      expect(total.COMPLETED).toBeGreaterThan(seeds * 0.2);
      expect(total.FAILED).toBeGreaterThan(seeds * 0.15);
      expect(total.CANCELLED).toBeGreaterThan(seeds * 0.01);
      expect(total.crashes).toBeGreaterThan(seeds * 0.25);
      expect(total.events).toBeGreaterThan(seeds * 10);
    });
  });
}
