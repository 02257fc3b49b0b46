import { expect, test } from 'vitest';
import { createEngine, defineModule } from '../../../src/index.ts';
import { createTestEngine, FakeClock, memoryStores } from '../../../src/testing.ts';

test('an engine whose store, runner, memory and services are well is healthy', async () => {
  const engine = await createEngine({ modules: [], slots: 3 });
  expect(await engine.health()).toMatchObject({
    status: 'healthy',
    checks: {
      store: { status: 'healthy', figures: { tookMs: expect.any(Number) } },
      runner: { status: 'healthy', figures: { slots: 3, running: 0 } },
      memory: { status: 'healthy', figures: { usedMb: expect.any(Number), capacityMb: expect.any(Number) } },
      breakers: { status: 'healthy', figures: { open: 0 } },
    },
  });
  await engine.close();
});

test('a breaker that is open and a memory that is full degrade it; a store that fails makes it unhealthy', async () => {
  const stores = memoryStores();
  const fails = defineModule({
    name: 'fails',
    version: '1',
    run: () => {
      throw new Error('refused');
    },
  });
  const machine = { capacity: { memory_mb: 1000 }, sample: () => ({ memoryMb: 950 }) };
  const { engine } = createTestEngine({ modules: [fails], stores, machine, clock: new FakeClock() });
  const breaker = { failures: 1, key: 'the-service' };
  await engine.execute({ heddle: 1, name: 'p', nodes: { a: { module: 'fails', breaker } } });
  expect(await engine.health()).toMatchObject({
    status: 'degraded',
    checks: {
      store: { status: 'healthy' },
      memory: { status: 'degraded', message: '95 % of the memory is in use' },
      breakers: { status: 'degraded', message: 'calls are refused of the-service', figures: { open: 1 } },
    },
  });
  expect(await stores.records.list('health')).toEqual([]);

  const broken = Object.create(stores.records, {
    put: {
      value: () => {
        throw new Error('the disk is full');
      },
    },
  });
  const ill = createTestEngine({ modules: [], stores: { ...stores, records: broken } }).engine;
  expect(await ill.health()).toMatchObject({
    status: 'unhealthy',
    checks: {
      store: { status: 'unhealthy', message: 'the disk is full' },
      memory: { status: 'healthy', message: 'this platform does not tell' },
    },
  });
});
