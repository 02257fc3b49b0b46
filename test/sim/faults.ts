import type { Faults } from './world.ts';

/** Which faults a seed meets. */
export function faultsOf(seed: number): Faults {
  return {
    crashes: seed % 4,
    storageErrors: seed % 3 === 0,
    pauses: seed % 5 !== 0,
    cancels: seed % 2 === 0,
    oddWakeUps: seed % 2 === 1,
    strategies: seed % 7 === 0,
    forks: seed % 11 === 0,
  };
}
