import { afterEach, describe, expect, test } from 'vitest';
import { InlineRunner } from '../../src/adapters/memory/inline-runner.ts';
import { ModuleRegistry } from '../../src/host/registry.ts';
import { createEngine, type DefaultExecutionEngine, DefaultMonitoringSystem, defineModule } from '../../src/index.ts';
import { SeededRandom } from '../../src/testing/seeded-random.ts';
import { engineOver, openStores } from './learning.ts';

const capacity = { cpu_cores: 4, memory_mb: 100 };

interface Claim {
  readonly cpu?: number;
  readonly memory?: number;
  readonly ms?: number;
  readonly fails?: boolean;
}

/** What modules hold, as they see it themselves, and the most they ever held at once. */
class Ledger {
  readonly held = { cpu: 0, memory: 0 };
  readonly most = { cpu: 0, memory: 0 };
  readonly order: string[] = [];

  readonly module = defineModule<Claim & { readonly name?: string }, number>({
    name: 'test.hold',
    version: '1',
    run: async ({ cpu = 0, memory = 0, ms = 0, fails = false, name = '' }, { signal }) => {
      this.order.push(name);
      this.#take(cpu, memory);
      try {
        await new Promise<void>((resolve, reject) => {
          const timer = setTimeout(resolve, ms);
          signal.addEventListener('abort', () => {
            clearTimeout(timer);
            reject(new Error('aborted'));
          });
        });
      } finally {
        this.#take(-cpu, -memory);
      }
      if (fails) throw Object.assign(new Error('fails on purpose'), { code: 'ON_PURPOSE' });
      return cpu;
    },
  });

  #take(cpu: number, memory: number): void {
    this.held.cpu += cpu;
    this.held.memory += memory;
    this.most.cpu = Math.max(this.most.cpu, this.held.cpu);
    this.most.memory = Math.max(this.most.memory, this.held.memory);
  }
}

let engine: DefaultExecutionEngine;
afterEach(() => engine.close());

async function open(prices: Readonly<Record<string, number>> = {}): Promise<Ledger> {
  const ledger = new Ledger();
  engine = await createEngine({ modules: [ledger.module], slots: 64, resources: { capacity, prices } });
  return ledger;
}

const holding = (claim: Claim & { name?: string }, more: object = {}) => ({
  module: 'test.hold',
  with: claim as never,
  resources: { cpu_cores: claim.cpu ?? 0, memory_mb: claim.memory ?? 0 },
  ...more,
});

/** Everything is free exactly if all of it can be had at once. */
async function expectAllFree(): Promise<void> {
  const all = Object.entries(capacity).map(([type, amount]) => ({ type, amount, priority: 0 }));
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error('not all is free')), 500));
  const resources = (await Promise.race([engine.allocateResources(all), late])) as { id: string }[];
  await engine.releaseResources(resources.map(({ id }) => id));
}

function randomProgram(random: SeededRandom) {
  const size = 3 + random.int(0, 8);
  const nodes: Record<string, object> = {};
  for (let index = 0; index < size; index++) {
    const claim = {
      ...{ cpu: random.int(0, 4), memory: random.int(0, 100), ms: random.int(0, 6) },
      fails: random.chance(0.15),
    };
    const needs = index > 0 && random.chance(0.4) ? { needs: [`n${random.int(0, index - 1)}`] } : {};
    const retry = random.chance(0.3) ? { retry: { attempts: 2, delayMs: 1 } } : {};
    const items = random.chance(0.2) ? { forEach: { items: [1, 2, 3] } } : {};
    const bounds = random.chance(0.2) ? { timeoutMs: 3 } : {};
    nodes[`n${index}`] = holding(claim, {
      ...{ priority: random.int(0, 10), critical: random.chance(0.7) },
      ...{ ...needs, ...retry, ...items, ...bounds },
    });
  }
  return { heddle: 1, name: 'random', nodes };
}

describe('capacities', () => {
  test('are never exceeded, by whatever programs at once, and all is given back', { timeout: 30_000 }, async () => {
    const ledger = await open();
    const ends = new Set<string>();
    for (let seed = 0; seed < 40; seed++) {
      const random = new SeededRandom(seed);
      const handles = await Promise.all([1, 2, 3].map(() => engine.start(randomProgram(random))));
      const [first] = handles;
      if (first !== undefined && random.chance(0.4)) {
        await new Promise((resolve) => setTimeout(resolve, random.int(0, 5)));
        await first.cancel().catch(() => undefined);
      }
      for (const { status, timeline } of await Promise.all(handles.map((handle) => handle.result()))) {
        ends.add(status);
        const counted = (type: string) => timeline.filter((event) => event.type === type).length;
        expect(counted('RESOURCE_RELEASED')).toBe(counted('RESOURCE_ALLOCATED'));
      }
      await expectAllFree();
    }
    expect(ends).toEqual(new Set(['COMPLETED', 'FAILED', 'CANCELLED']));
    // All of it was in use at some time: the bounds are those of the capacities, not of the programs.
    expect(ledger.most).toEqual({ cpu: 4, memory: 100 });
  });

  test('priority decides who is next; what callers hold counts too', async () => {
    const ledger = await open();
    const [mine] = await engine.allocateResources([{ type: 'cpu_cores', amount: 4, priority: 5 }]);
    const nodes = Object.fromEntries(
      [2, 9, 5, 0].map((priority) => [`p${priority}`, holding({ cpu: 4, name: `p${priority}` }, { priority })]),
    );
    const handle = await engine.start({ heddle: 1, name: 'priorities', nodes });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(ledger.order).toEqual([]);
    await engine.releaseResources([mine?.id ?? '']);
    expect((await handle.result()).status).toBe('COMPLETED');
    expect(ledger.order).toEqual(['p9', 'p5', 'p2', 'p0']);
  });

  test('a cancelled execution and a failed one hold nothing', async () => {
    await open();
    const long = { heddle: 1, name: 'long', nodes: { a: holding({ cpu: 3, ms: 10_000 }), b: holding({ cpu: 3 }) } };
    const handle = await engine.start(long);
    await new Promise((resolve) => setTimeout(resolve, 10));
    await handle.cancel();
    expect((await handle.result()).status).toBe('CANCELLED');
    await expectAllFree();
    const failing = { heddle: 1, name: 'f', nodes: { a: holding({ cpu: 1, fails: true }), b: holding({ ms: 9999 }) } };
    expect((await engine.execute(failing)).status).toBe('FAILED');
    await expectAllFree();
  });
});

describe('refusals', () => {
  test('a program that asks for too much is refused at once, with everything that is too much', async () => {
    await open();
    const nodes = {
      x: holding({}, { resources: { cpu_cores: 5, memory_mb: 100 } }),
      y: holding({}, { resources: { gpu: 1, cpu_cores: 4 }, needs: ['nobody'] }),
    };
    await expect(engine.start({ heddle: 1, name: 'greedy', nodes })).rejects.toMatchObject({
      code: 'UNSATISFIABLE_RESOURCES',
      path: 'nodes.x.resources.cpu_cores',
      message: 'the node x requires 5 of cpu_cores, but the capacity of this engine is 4',
      errors: [
        { code: 'UNSATISFIABLE_RESOURCES', path: 'nodes.x.resources.cpu_cores' },
        { code: 'UNSATISFIABLE_RESOURCES', path: 'nodes.y.resources.gpu' },
        { code: 'UNKNOWN_NODE', path: 'nodes.y.needs[0]' },
      ],
    });
    await expect(engine.allocateResources([{ type: 'gpu', amount: 1, priority: 1 }])).rejects.toMatchObject({
      code: 'UNSATISFIABLE_RESOURCES',
    });
    expect(await engine.list()).toEqual([]);
  });

  test('an engine without resources refuses whoever asks for some', async () => {
    const { module } = new Ledger();
    const modules = new ModuleRegistry([module]);
    engine = engineOver(await openStores(), { modules, runner: new InlineRunner({ modules }) });
    const program = { heddle: 1, name: 'p', nodes: { a: holding({ cpu: 1 }) } };
    await expect(engine.start(program)).rejects.toMatchObject({
      code: 'UNSATISFIABLE_RESOURCES',
      path: 'nodes.a.resources.cpu_cores',
      message: expect.stringContaining('was given no resources'),
    });
    await expect(engine.allocateResources([{ type: 'cpu_cores', amount: 1, priority: 1 }])).rejects.toMatchObject({
      code: 'UNSATISFIABLE_RESOURCES',
    });
    await engine.releaseResources(['nothing~0']);
    const free = { heddle: 1, name: 'p', nodes: { a: holding({}, { resources: {} }) } };
    expect((await engine.execute(free)).status).toBe('COMPLETED');
  });
});

test('the result tells what was used, what it cost, and monitoring tells the same', async () => {
  await open({ cpu_cores: 0.5 });
  const monitoring = new DefaultMonitoringSystem(engine);
  const handle = await engine.start({
    heddle: 1,
    name: 'costly',
    nodes: { a: holding({ cpu: 2, memory: 10, ms: 30 }), b: holding({ cpu: 1, ms: 10 }, { needs: ['a'] }) },
  });
  monitoring.startMonitoring(handle.id);
  const { resourceUsage, metrics } = await handle.result();
  expect(resourceUsage.map(({ resourceId, amountUsed }) => [resourceId, amountUsed])).toEqual([
    ['a#1/cpu_cores', 2],
    ['a#1/memory_mb', 10],
    ['b#1/cpu_cores', 1],
    ['b#1/memory_mb', 0],
  ]);
  for (const { resourceType, amountUsed, cost, startTime, endTime, efficiency } of resourceUsage) {
    const heldMs = (endTime?.getTime() ?? Number.NaN) - startTime.getTime();
    expect(heldMs).toBeGreaterThanOrEqual(5);
    expect(cost).toBe(resourceType === 'cpu_cores' ? amountUsed * heldMs * 0.5 : 0);
    expect(efficiency).toBeGreaterThan(0.5);
  }
  expect(metrics.totalCost).toBeGreaterThan(20);
  expect(metrics.totalCost).toBe(resourceUsage.reduce((sum, { cost }) => sum + cost, 0));
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(monitoring.getResourceUsage(handle.id)).toEqual(resourceUsage);
  expect(monitoring.getMetrics(handle.id)).toEqual(metrics);
});
