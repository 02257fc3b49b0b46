import { RankSet } from '../kernel/rank-set.ts';
import type { PlanGraph } from './plan-graph.ts';

/**
 * How long a plan takes when a free slot always takes the first ready node in a given order (list scheduling, Graham 1969),
 * every node being one task. Made once for a plan, then asked for many orders: nothing is allocated per question.
 */
export class ListSimulator {
  readonly #offsets: Uint32Array;
  readonly #targets: Uint32Array;
  readonly #inDegrees: Uint32Array;
  readonly #waitsFor: Uint32Array;
  readonly #durations: Float64Array;
  readonly #ready: RankSet;
  /** A binary heap of what runs, by end: the ends, and at the same places the nodes. */
  readonly #ends: Float64Array;
  readonly #nodes: Uint32Array;
  readonly #slots: number;
  #running = 0;

  /** @param durations by node index, finite and 0 or more @param slots tasks at once, 1 or more */
  constructor(plan: PlanGraph, durations: Float64Array, slots: number) {
    const nodes = plan.nodes.length;
    this.#inDegrees = Uint32Array.from(plan.dependencies, (of) => of.length);
    this.#waitsFor = new Uint32Array(nodes);
    this.#offsets = new Uint32Array(nodes + 1);
    plan.dependents.forEach((of, node) => {
      this.#offsets[node + 1] = (this.#offsets[node] ?? 0) + of.length;
    });
    this.#targets = Uint32Array.from(plan.dependents.flat());
    this.#durations = durations;
    this.#ready = new RankSet(nodes);
    this.#slots = Math.min(slots, Math.max(nodes, 1));
    this.#ends = new Float64Array(this.#slots);
    this.#nodes = new Uint32Array(this.#slots);
  }

  /** @param rankOf by node, 0 goes first @param nodeAt its inverse @returns the makespan, in the unit of the durations */
  makespan(rankOf: Uint32Array, nodeAt: Uint32Array): number {
    this.#waitsFor.set(this.#inDegrees);
    this.#ready.clear();
    this.#running = 0;
    for (let node = 0; node < rankOf.length; node++) {
      if (this.#inDegrees[node] === 0) this.#ready.add(rankOf[node] as number);
    }
    let now = 0;
    for (;;) {
      while (this.#running < this.#slots) {
        const rank = this.#ready.takeFirst();
        if (rank < 0) break;
        const node = nodeAt[rank] as number;
        this.#start(now + (this.#durations[node] as number), node);
      }
      if (this.#running === 0) return now;
      now = this.#ends[0] as number;
      // All that ends now is over before anything starts, so that the best of what it makes ready goes first.
      while (this.#running > 0 && this.#ends[0] === now) this.#release(this.#takeEarliest(), rankOf);
    }
  }

  #release(node: number, rankOf: Uint32Array): void {
    const end = this.#offsets[node + 1] as number;
    for (let edge = this.#offsets[node] as number; edge < end; edge++) {
      const target = this.#targets[edge] as number;
      const left = (this.#waitsFor[target] as number) - 1;
      this.#waitsFor[target] = left;
      if (left === 0) this.#ready.add(rankOf[target] as number);
    }
  }

  #start(end: number, node: number): void {
    let at = this.#running++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((this.#ends[parent] as number) <= end) break;
      this.#place(at, parent);
      at = parent;
    }
    this.#ends[at] = end;
    this.#nodes[at] = node;
  }

  #takeEarliest(): number {
    const first = this.#nodes[0] as number;
    const size = --this.#running;
    const end = this.#ends[size] as number;
    const node = this.#nodes[size] as number;
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && (this.#ends[child + 1] as number) < (this.#ends[child] as number)) child++;
      if ((this.#ends[child] as number) >= end) break;
      this.#place(at, child);
      at = child;
    }
    this.#ends[at] = end;
    this.#nodes[at] = node;
    return first;
  }

  #place(at: number, from: number): void {
    this.#ends[at] = this.#ends[from] as number;
    this.#nodes[at] = this.#nodes[from] as number;
  }
}
