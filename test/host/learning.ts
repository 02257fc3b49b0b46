import { CryptoRandom } from '../../src/adapters/memory/crypto-random.ts';
import { InlineRunner } from '../../src/adapters/memory/inline-runner.ts';
import { LocalLeaseKeeper } from '../../src/adapters/memory/lease-keeper.ts';
import { TimerClock } from '../../src/adapters/memory/timer-clock.ts';
import { openStores, type Stores } from '../../src/adapters/node/open-stores.ts';
import { DefaultExecutionEngine } from '../../src/host/default-execution-engine.ts';
import type { Home } from '../../src/host/home.ts';
import { type AnyModule, ModuleRegistry } from '../../src/host/registry.ts';
import { createJsKernel } from '../../src/kernel/js-kernel.ts';

export { openStores, type Stores } from '../../src/adapters/node/open-stores.ts';

/** Takes as long as it is told, and fails when it is told. */
export const sleeper: AnyModule = {
  name: 'test.sleep',
  version: '1',
  async run({ ms = 0, fails = false }: { ms?: number; fails?: boolean }) {
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
    if (fails) throw Object.assign(new Error('fails on purpose'), { code: 'ON_PURPOSE' });
    return { ms };
  },
};

/** An engine over stores that outlive it. */
export function engineOver(stores: Stores, more: Partial<Home> = {}): DefaultExecutionEngine {
  const modules = new ModuleRegistry([sleeper]);
  const { journal, artifacts, records } = stores;
  return new DefaultExecutionEngine({
    ...{ journal, artifacts, records, modules },
    kernel: createJsKernel(),
    clock: new TimerClock(),
    random: new CryptoRandom(),
    leases: new LocalLeaseKeeper(),
    runner: new InlineRunner({ modules }),
    ...more,
  });
}

export async function memoryEngine(more: Partial<Home> = {}) {
  const stores = await openStores();
  return { stores, engine: engineOver(stores, more) };
}
