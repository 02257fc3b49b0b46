import { availableParallelism, totalmem } from 'node:os';
import { expect, test } from 'vitest';
import { NodeMachine } from '../../src/adapters/node/node-machine.ts';
import { createEngine } from '../../src/index.ts';

test('the machine of a process: its cores and memory, and what of them the process really uses', () => {
  const machine = new NodeMachine();
  expect(machine.capacity.cpu_cores).toBe(availableParallelism());
  const { memory_mb: memoryMb = 0 } = machine.capacity;
  expect(memoryMb).toBeGreaterThan(100);
  expect(memoryMb).toBeLessThanOrEqual(totalmem() / 2 ** 20);
  expect(machine.sample().cpuCores).toBe(0);
  const before = process.cpuUsage();
  for (let sum = 0, count = 0; process.cpuUsage(before).user < 50_000; count++) sum += Math.sqrt(count + sum);
  const { cpuCores = 0, memoryMb: usedMb = 0, loadAverage } = machine.sample();
  expect(cpuCores).toBeGreaterThan(0);
  expect(cpuCores).toBeLessThanOrEqual(availableParallelism() * 1.5);
  expect(usedMb).toBeGreaterThan(10);
  expect(loadAverage).toEqual(expect.any(Number));
});

test('an engine that is given no capacities shares those of its machine', async () => {
  const engine = await createEngine({ modules: [], slots: 5, resources: { prices: { cpu_cores: 1 } } });
  const cores = availableParallelism();
  const [cpu] = await engine.allocateResources([{ type: 'cpu_cores', amount: cores, priority: 5 }]);
  await engine.releaseResources([cpu?.id ?? '']);
  for (const [type, amount] of [
    ['cpu_cores', cores + 1],
    ['concurrent_operations', 6],
    ['gpu', 1],
  ] as const) {
    const asked = engine.allocateResources([{ type, amount, priority: 5 }]);
    await expect(asked).rejects.toMatchObject({ code: 'UNSATISFIABLE_RESOURCES' });
  }
  await engine.close();
});
