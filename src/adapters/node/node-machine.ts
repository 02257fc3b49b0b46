import { availableParallelism, loadavg, totalmem } from 'node:os';
import type { Machine, MachineSample } from '../../ports/machine.ts';

const mebibyte = 2 ** 20;

/** The machine by node:os, or as much of it as the container of this process may use. */
export class NodeMachine implements Machine {
  readonly capacity: Readonly<Record<string, number>>;
  #before: { readonly atMs: number; readonly cpuMs: number } | null = null;

  constructor() {
    // 0, or an absurd number, where nothing constrains it.
    const constrained = process.constrainedMemory();
    const bytes = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
    this.capacity = { cpu_cores: availableParallelism(), memory_mb: Math.floor(bytes / mebibyte) };
  }

  sample(): MachineSample {
    const { user, system } = process.cpuUsage();
    const now = { atMs: performance.now(), cpuMs: (user + system) / 1000 };
    const before = this.#before;
    this.#before = now;
    const elapsedMs = before === null ? 0 : now.atMs - before.atMs;
    return {
      cpuCores: before === null || elapsedMs <= 0 ? 0 : (now.cpuMs - before.cpuMs) / elapsedMs,
      memoryMb: process.memoryUsage.rss() / mebibyte,
      loadAverage: loadavg()[0] ?? 0,
    };
  }
}
