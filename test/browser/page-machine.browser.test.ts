import { expect, test } from 'vitest';
import { PageMachine } from '../../src/adapters/browser/page-machine.ts';

test('the machine of a page: its cores, its memory where the browser tells it, and never how busy the CPU is', () => {
  const machine = new PageMachine();
  const { deviceMemory } = navigator as { readonly deviceMemory?: number };
  expect(machine.capacity).toEqual({
    cpu_cores: navigator.hardwareConcurrency,
    ...(deviceMemory !== undefined && { memory_mb: deviceMemory * 1024 }),
  });
  const { cpuCores, loadAverage, memoryMb = 0 } = machine.sample();
  expect([cpuCores, loadAverage]).toEqual([undefined, undefined]);
  // Chromium tells the size of the heap.
  expect(memoryMb).toBeGreaterThan(0.1);
});
