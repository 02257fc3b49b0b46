import assert from 'node:assert';
import { CryptoRandom } from '../../../src/adapters/memory/crypto-random.ts';
import { InlineRunner } from '../../../src/adapters/memory/inline-runner.ts';
import { LocalLeaseKeeper } from '../../../src/adapters/memory/lease-keeper.ts';
import { TimerClock } from '../../../src/adapters/memory/timer-clock.ts';
import { openStores } from '../../../src/adapters/node/open-stores.ts';
import { DefaultExecutionEngine } from '../../../src/host/default-execution-engine.ts';
import { ModuleRegistry } from '../../../src/host/registry.ts';
import { createJsKernel } from '../../../src/kernel/js-kernel.ts';

/** Equal calls run once, however many come at once; another version of the module is another call. */
export async function judge(): Promise<void> {
  const { engineOf, counted } = counting();
  const engine = await engineOf('1');
  await Promise.all(Array.from({ length: 10 }, () => engine.execute(program)));
  assert.strictEqual(counted(), 1, 'equal calls ran more than once');
  const upgraded = await engineOf('2');
  const { result } = await upgraded.execute(program);
  assert.deepStrictEqual(result, { a: { version: '2' } }, 'the result of another version was used');
  await engine.close();
  await upgraded.close();
}

const program = { heddle: 1, name: 'p', nodes: { a: { module: 'm', with: { x: 1 }, cache: {} } } };

/** Engines that share their stores, as two deployments of one service do. */
function counting() {
  let calls = 0;
  const stores = openStores();
  const engineOf = async (version: string) => {
    const run = async () => {
      calls++;
      // Longer than those who wait for it sleep between looks.
      await new Promise((resolve) => setTimeout(resolve, 200));
      return { version };
    };
    const modules = new ModuleRegistry([{ name: 'm', version, run }]);
    return new DefaultExecutionEngine({
      kernel: createJsKernel(),
      modules,
      ...(await stores),
      clock: new TimerClock(),
      random: new CryptoRandom(),
      leases: new LocalLeaseKeeper(),
      runner: new InlineRunner({ modules }),
    });
  };
  return { engineOf, counted: () => calls };
}
