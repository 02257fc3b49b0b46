import type { EdgeList } from './edge-list.ts';

const edgesAtFirst = 64;

/**
 * Turns ids into node numbers as a graph is put together, straight into typed arrays: ids count in the order in which they
 * are first named. An id costs one look into a map, which is most of what a plan from ids costs; who keeps the numbers and
 * gives `edgeBetween` numbers spares it. Cleared, it serves the next graph without new memory.
 */
export class IdGraph {
  readonly #numbers = new Map<string, number>();
  #ids: string[] = [];
  #from = new Uint32Array(edgesAtFirst);
  #to = new Uint32Array(edgesAtFirst);
  #edges = 0;

  /** By node number. */
  get ids(): readonly string[] {
    return this.#ids;
  }

  /** A view that the next edge may outdate. */
  get edges(): EdgeList {
    const { length } = this.#ids;
    return { nodes: length, from: this.#from.subarray(0, this.#edges), to: this.#to.subarray(0, this.#edges) };
  }

  /** @returns the number of the id, a new one when it is new */
  node(id: string): number {
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    const number = this.#ids.length;
    this.#numbers.set(id, number);
    this.#ids.push(id);
    return number;
  }

  /** `to` depends on `from`. */
  edge(from: string, to: string): void {
    this.edgeBetween(this.node(from), this.node(to));
  }

  edgeBetween(from: number, to: number): void {
    if (this.#edges === this.#from.length) this.#grow();
    this.#from[this.#edges] = from;
    this.#to[this.#edges++] = to;
  }

  clear(): void {
    this.#numbers.clear();
    this.#ids = [];
    this.#edges = 0;
  }

  #grow(): void {
    const [from, to] = [this.#from, this.#to];
    this.#from = new Uint32Array(2 * from.length);
    this.#to = new Uint32Array(2 * to.length);
    this.#from.set(from);
    this.#to.set(to);
  }
}
