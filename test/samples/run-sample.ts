import { CryptoRandom } from '../../src/adapters/memory/crypto-random.ts';
import { InlineRunner } from '../../src/adapters/memory/inline-runner.ts';
import { LocalLeaseKeeper } from '../../src/adapters/memory/lease-keeper.ts';
import { TimerClock } from '../../src/adapters/memory/timer-clock.ts';
import { openStores } from '../../src/adapters/node/open-stores.ts';
import { DefaultExecutionEngine } from '../../src/host/default-execution-engine.ts';
import { type AnyModule, ModuleRegistry } from '../../src/host/registry.ts';
import { createJsKernel } from '../../src/kernel/js-kernel.ts';

/** An engine in this process, in memory or in a folder. */
export async function testEngine(modules: readonly AnyModule[], directory?: string): Promise<DefaultExecutionEngine> {
  const registry = new ModuleRegistry(modules);
  return new DefaultExecutionEngine({
    kernel: createJsKernel(),
    modules: registry,
    ...(await openStores(directory)),
    clock: new TimerClock(),
    random: new CryptoRandom(),
    leases: new LocalLeaseKeeper(),
    runner: new InlineRunner({ modules: registry }),
  });
}
