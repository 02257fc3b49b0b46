import { faultsOf } from '../faults.ts';
import { World } from '../world.ts';

/** Two thousand seeds of the simulated world. */
export async function judge(seeds = 2000): Promise<void> {
  for (let seed = 1; seed <= seeds; seed++) await new World(seed, { ...faultsOf(seed), storageErrors: false }).run();
}
