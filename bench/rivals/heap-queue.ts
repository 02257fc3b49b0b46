import type { BenchGraph } from '../harness/graphs.ts';

/** The usual ready queue: in-degrees, and a binary heap of what is ready by priority. Typed arrays, nothing allocated per task. */
export class HeapQueue {
  readonly #offsets: Int32Array;
  readonly #targets: Int32Array;
  readonly #inDegrees: Int32Array;
  readonly #degrees: Int32Array;
  readonly #heap: Int32Array;
  readonly #priority: Float64Array;
  #size = 0;

  constructor({ nodes, from, to }: BenchGraph, priority: Float64Array) {
    this.#priority = priority;
    this.#offsets = new Int32Array(nodes + 1);
    this.#targets = new Int32Array(to.length);
    this.#inDegrees = new Int32Array(nodes);
    this.#degrees = new Int32Array(nodes);
    this.#heap = new Int32Array(nodes + 1);
    for (const source of from) this.#offsets[source] = (this.#offsets[source] ?? 0) + 1;
    for (const target of to) this.#inDegrees[target] = (this.#inDegrees[target] ?? 0) + 1;
    for (let node = 0, sum = 0; node <= nodes; node++) {
      sum += this.#offsets[node] ?? 0;
      this.#offsets[node] = sum;
    }
    for (let edge = from.length - 1; edge >= 0; edge--) {
      const source = from[edge] ?? 0;
      const place = (this.#offsets[source] ?? 0) - 1;
      this.#offsets[source] = place;
      this.#targets[place] = to[edge] ?? 0;
    }
  }

  reset(): void {
    this.#degrees.set(this.#inDegrees);
    this.#size = 0;
    for (let node = 0; node < this.#degrees.length; node++) if (this.#degrees[node] === 0) this.#add(node);
  }

  next(): number {
    if (this.#size === 0) return -1;
    const heap = this.#heap;
    const first = heap[0] as number;
    const last = heap[--this.#size] as number;
    let at = 0;
    for (let child = 1; child < this.#size; child = 2 * at + 1) {
      if (child + 1 < this.#size && this.#before(heap[child + 1] as number, heap[child] as number)) child++;
      if (!this.#before(heap[child] as number, last)) break;
      heap[at] = heap[child] as number;
      at = child;
    }
    heap[at] = last;
    return first;
  }

  completeNext(node: number): number {
    const end = this.#offsets[node + 1] as number;
    for (let edge = this.#offsets[node] as number; edge < end; edge++) {
      const target = this.#targets[edge] as number;
      const degree = (this.#degrees[target] as number) - 1;
      this.#degrees[target] = degree;
      if (degree === 0) this.#add(target);
    }
    return this.next();
  }

  #add(node: number): void {
    const heap = this.#heap;
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(node, heap[parent] as number)) break;
      heap[at] = heap[parent] as number;
      at = parent;
    }
    heap[at] = node;
  }

  #before(a: number, b: number): boolean {
    const difference = (this.#priority[a] as number) - (this.#priority[b] as number);
    return difference > 0 || (difference === 0 && a < b);
  }
}
