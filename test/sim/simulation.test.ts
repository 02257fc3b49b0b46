import { describe, expect, test } from 'vitest';
import { type Faults, type Outcome, World } from './world.ts';

/** Every seed is a program, its inputs and everything that goes wrong. A seed that fails becomes a named test below. */
const seeds = { from: 1, to: 20_000 };
const chunk = 2000;

function faultsOf(seed: number): Faults {
  return {
    crashes: seed % 4,
    storageErrors: seed % 3 === 0,
    pauses: seed % 5 !== 0,
    cancels: seed % 2 === 0,
    oddWakeUps: seed % 2 === 1,
  };
}

const simulate = (seed: number): Promise<Outcome> => new World(seed, faultsOf(seed)).run();

describe(`ST2, ST3, AT2, RC1, RC3, HO2 the laws hold in the simulated world, seeds ${seeds.from} to ${seeds.to}`, () => {
  const total = { COMPLETED: 0, FAILED: 0, CANCELLED: 0, crashes: 0, events: 0 };
  for (let from = seeds.from; from <= seeds.to; from += chunk) {
    test(`seeds ${from} to ${from + chunk - 1}`, { timeout: 120_000 }, async () => {
      for (let seed = from; seed < from + chunk; seed++) {
        const { state, crashes, journal } = await simulate(seed);
        total[state.finished?.status ?? 'FAILED']++;
        total.crashes += crashes;
        total.events += journal.length;
      }
    });
  }

  test('the world was hostile enough to mean something', () => {
    expect(total.COMPLETED).toBeGreaterThan(5000);
    expect(total.FAILED).toBeGreaterThan(3000);
    expect(total.CANCELLED).toBeGreaterThan(200);
    expect(total.crashes).toBeGreaterThan(5000);
    expect(total.events).toBeGreaterThan(200_000);
  });
});

describe('seeds that once failed', () => {
  test.each([
    [59, 'a failure in the same turn as a start: the attempt must not begin'],
    [100, 'the same, for an item'],
    [1412, 'two items of a node time out in the same wake-up'],
  ])('seed %i: %s', async (seed) => {
    await simulate(seed);
  });
});
