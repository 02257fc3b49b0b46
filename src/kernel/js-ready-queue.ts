import { notTaken } from './check.ts';
import { at, atF, type Csr } from './csr.ts';
import type { ReadyQueue } from './kernel.ts';
import { RankSet } from './rank-set.ts';

const [WAITING, TAKEN, SETTLED] = [0, 1, 2];

/** The ready queue in plain JavaScript: priorities become ranks once, the ready nodes are a set of ranks. */
export class JsReadyQueue implements ReadyQueue {
  readonly #csr: Csr;
  readonly #rankOf: Uint32Array;
  readonly #nodeAt: Uint32Array;
  readonly #degrees: Uint32Array;
  readonly #states: Uint8Array;
  readonly #ready: RankSet;
  readonly #alive: () => void;

  constructor(csr: Csr, priority: Float64Array, alive: () => void) {
    const nodes = priority.length;
    this.#csr = csr;
    this.#nodeAt = Uint32Array.from({ length: nodes }, (_, node) => node).sort(
      (a, b) => atF(priority, b) - atF(priority, a) || a - b,
    );
    this.#rankOf = new Uint32Array(nodes);
    this.#nodeAt.forEach((node, rank) => {
      this.#rankOf[node] = rank;
    });
    this.#degrees = new Uint32Array(nodes);
    this.#states = new Uint8Array(nodes);
    this.#ready = new RankSet(nodes);
    this.#alive = alive;
    this.reset();
  }

  next(): number {
    this.#alive();
    const rank = this.#ready.first();
    if (rank < 0) return -1;
    this.#ready.delete(rank);
    const node = at(this.#nodeAt, rank);
    this.#states[node] = TAKEN;
    return node;
  }

  settle(node: number): Uint32Array {
    return this.settleAll(Uint32Array.of(node));
  }

  completeNext(node: number): number {
    this.#alive();
    const states = this.#states;
    if (states[node] !== TAKEN) throw notTaken(node, states.length);
    states[node] = SETTLED;
    const { offsets, targets } = this.#csr;
    const degrees = this.#degrees;
    const end = at(offsets, node + 1);
    for (let edge = at(offsets, node); edge < end; edge++) {
      const target = at(targets, edge);
      const degree = at(degrees, target) - 1;
      degrees[target] = degree;
      if (degree === 0) this.#ready.add(at(this.#rankOf, target));
    }
    const rank = this.#ready.takeFirst();
    if (rank < 0) return -1;
    const best = at(this.#nodeAt, rank);
    states[best] = TAKEN;
    return best;
  }

  settleAll(nodes: Uint32Array): Uint32Array {
    this.#alive();
    this.#markSettled(nodes);
    const { offsets, targets } = this.#csr;
    const ready: number[] = [];
    for (const node of nodes) {
      for (let edge = at(offsets, node); edge < at(offsets, node + 1); edge++) {
        const target = at(targets, edge);
        this.#degrees[target] = at(this.#degrees, target) - 1;
        if (this.#degrees[target] !== 0) continue;
        this.#ready.add(at(this.#rankOf, target));
        ready.push(target);
      }
    }
    return Uint32Array.from(ready).sort();
  }

  /** All or none: a list with one bad node changes nothing. */
  #markSettled(nodes: Uint32Array): void {
    for (let index = 0; index < nodes.length; index++) {
      const node = at(nodes, index);
      if (this.#states[node] === TAKEN) {
        this.#states[node] = SETTLED;
        continue;
      }
      for (const undo of nodes.subarray(0, index)) this.#states[undo] = TAKEN;
      throw notTaken(node, this.#states.length);
    }
  }

  reset(): void {
    this.#alive();
    this.#degrees.set(this.#csr.inDegrees);
    this.#states.fill(WAITING);
    this.#ready.clear();
    for (let node = 0; node < this.#degrees.length; node++)
      if (this.#degrees[node] === 0) this.#ready.add(at(this.#rankOf, node));
  }
}
