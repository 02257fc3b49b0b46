import { InlineRunner } from '../adapters/memory/inline-runner.ts';
import { LocalLeaseKeeper } from '../adapters/memory/lease-keeper.ts';
import { DefaultExecutionEngine } from '../host/default-execution-engine.ts';
import { ResourceManager } from '../host/gates/resource-manager.ts';
import type { ProgramSource } from '../host/programs/program-source.ts';
import { type AnyModule, ModuleRegistry } from '../host/registry.ts';
import { checkRetention, type RetentionPolicy } from '../host/retention-policy.ts';
import type { SecretVault } from '../host/run/secrecy.ts';
import { createJsKernel } from '../kernel/js-kernel.ts';
import type { LogSink } from '../ports/log.ts';
import type { Machine } from '../ports/machine.ts';
import type { ModuleCall } from '../ports/module-runner.ts';
import { FakeClock } from './fake-clock.ts';
import type { FaultPlan } from './fault-plan.ts';
import { SeededRandom } from './seeded-random.ts';
import { memoryStores, type TestStores } from './test-stores.ts';

export interface TestEngineOptions {
  readonly modules: readonly AnyModule[];
  /** Behind ids and every jitter; default 1. */
  readonly seed?: number;
  readonly clock?: FakeClock;
  /** Of an engine before, to go on with what it left; default: new ones in memory. */
  readonly stores?: TestStores;
  readonly faults?: FaultPlan;
  /** Attempts at once; default 64. */
  readonly slots?: number;
  /** What there is of each resource; default: plenty. */
  readonly resources?: Readonly<Record<string, number>>;
  /** What tells of the machine; default: nothing does. */
  readonly machine?: Machine;
  /** Programs that others run as sub-programs by name. */
  readonly programs?: Readonly<Record<string, ProgramSource>>;
  /** Where modules get what they call `ctx.secret` for. */
  readonly secrets?: SecretVault;
  readonly log?: LogSink;
  /** Which ended executions are kept; default: all. */
  readonly retention?: RetentionPolicy;
}

export interface TestEngine {
  readonly engine: DefaultExecutionEngine;
  readonly clock: FakeClock;
  readonly random: SeededRandom;
  /** Without the faults: what is really stored. */
  readonly stores: TestStores;
  /** Every call of a module, in order. */
  readonly calls: readonly ModuleCall[];
}

const plenty = { cpu_cores: 1024, memory_mb: 2 ** 20, concurrent_operations: 1024, network_bandwidth: 2 ** 20 };

/**
 * The real engine on a clock that stands still, with everything random drawn from a seed. Modules run on this thread, those
 * of kind `cpu` too, so that nothing waits for the real time.
 */
export function createTestEngine(options: TestEngineOptions): TestEngine {
  const { seed = 1, clock = new FakeClock(), stores = memoryStores(), faults, slots, programs } = options;
  const { secrets, log, retention, machine } = options;
  const random = new SeededRandom(seed);
  const modules = new ModuleRegistry(options.modules.map(onThisThread));
  const inline = new InlineRunner({
    modules,
    ...(slots !== undefined && { slots }),
    ...(secrets !== undefined && { secrets }),
  });
  const runner = faults === undefined ? inline : faults.runner(inline);
  const calls: ModuleCall[] = [];
  const engine = new DefaultExecutionEngine({
    kernel: createJsKernel(),
    modules,
    ...(faults === undefined ? stores : faults.stores(stores)),
    runner: {
      slots: runner.slots,
      close: () => runner.close(),
      start: (call, observer) => {
        calls.push(call);
        return runner.start(call, observer);
      },
    },
    clock,
    random,
    leases: new LocalLeaseKeeper(),
    resources: new ResourceManager({ capacity: options.resources ?? plenty, clock }),
    ...(machine !== undefined && { machine }),
    ...(programs !== undefined && { programs: (name: string) => programs[name] }),
    ...(log !== undefined && { log }),
    ...(retention !== undefined && { retention: checkRetention(retention) }),
  });
  return { engine, clock, random, stores, calls };
}

function onThisThread(module: AnyModule): AnyModule {
  return { ...module, kind: 'io', run: (input, ctx) => module.run(input, ctx) };
}
