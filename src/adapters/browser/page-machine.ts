import type { Machine, MachineSample } from '../../ports/machine.ts';

const mebibyte = 2 ** 20;

/** What Chromium tells beyond the standard. */
interface Told {
  /** GiB, rounded, 8 at the most. */
  readonly deviceMemory?: number;
}

/** The machine as a page sees it: cores and, in Chromium, memory. No page is told how busy its CPU is. */
export class PageMachine implements Machine {
  readonly capacity: Readonly<Record<string, number>>;

  constructor() {
    const { deviceMemory } = navigator as Told;
    this.capacity = {
      cpu_cores: navigator.hardwareConcurrency || 1,
      ...(deviceMemory !== undefined && { memory_mb: deviceMemory * 1024 }),
    };
  }

  /** The heap of the page's own thread, without its workers. */
  sample(): MachineSample {
    const { memory } = performance as { memory?: { readonly usedJSHeapSize: number } };
    return memory === undefined ? {} : { memoryMb: memory.usedJSHeapSize / mebibyte };
  }
}
