import type { Task } from './task.ts';

/**
 * Deadlines of tasks, earliest first: a binary heap with lazy deletion. An entry counts only while its task still has
 * that very deadline, so moving a task never searches the heap.
 */
export class Deadlines {
  readonly #heap: { readonly atMs: number; readonly task: Task }[] = [];

  /** Registers `task.dueAtMs`. */
  add(task: Task): void {
    if (task.dueAtMs === null) return;
    this.#heap.push({ atMs: task.dueAtMs, task });
    this.#siftUp(this.#heap.length - 1);
  }

  /** The earliest deadline that still counts, or null. */
  earliest(): number | null {
    this.#dropStale();
    return this.#heap[0]?.atMs ?? null;
  }

  /** Takes one task whose deadline is at or before `atMs`; ties by node, then item. */
  takeDue(atMs: number): Task | undefined {
    this.#dropStale();
    const top = this.#heap[0];
    if (top === undefined || top.atMs > atMs) return undefined;
    this.#pop();
    return top.task;
  }

  #dropStale(): void {
    for (let top = this.#heap[0]; top !== undefined && top.task.dueAtMs !== top.atMs; top = this.#heap[0]) this.#pop();
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#siftDown(0);
  }

  #siftUp(start: number): void {
    for (let child = start; child > 0; ) {
      const parent = (child - 1) >> 1;
      if (!this.#swapIfEarlier(child, parent)) return;
      child = parent;
    }
  }

  #siftDown(start: number): void {
    for (let parent = start; ; ) {
      const left = 2 * parent + 1;
      if (left >= this.#heap.length) return;
      const child = left + 1 < this.#heap.length && this.#earlier(left + 1, left) ? left + 1 : left;
      if (!this.#swapIfEarlier(child, parent)) return;
      parent = child;
    }
  }

  #swapIfEarlier(child: number, parent: number): boolean {
    if (!this.#earlier(child, parent)) return false;
    const entry = this.#entry(child);
    this.#heap[child] = this.#entry(parent);
    this.#heap[parent] = entry;
    return true;
  }

  #earlier(a: number, b: number): boolean {
    const x = this.#entry(a);
    const y = this.#entry(b);
    return (x.atMs - y.atMs || x.task.node - y.task.node || x.task.item - y.task.item) < 0;
  }

  #entry(index: number): { readonly atMs: number; readonly task: Task } {
    const entry = this.#heap[index];
    if (entry === undefined) throw new RangeError(`deadline heap index ${index} of ${this.#heap.length}`);
    return entry;
  }
}

/** Null is never. */
export function earlier(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
