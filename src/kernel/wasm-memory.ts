/** What the module exports (assembly/index.ts). Pointers and counts are 32-bit integers that may arrive negative. */
export interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  createGraph(nodes: number, edges: number): number;
  releaseGraph(graph: number): void;
  build(graph: number): number;
  analyse(graph: number): number;
  weigh(graph: number): number;
  solve(graph: number, nodes: number, edges: number): number;
  createQueue(graph: number): number;
  releaseQueue(queue: number): void;
  rankQueue(queue: number): number;
  resetQueue(queue: number): void;
  next(queue: number): number;
  completeNext(queue: number, node: number): number;
  settle(queue: number, count: number): number;
}

/** Views of the linear memory, made anew whenever it has grown, because growing detaches the old buffer. */
export class WasmMemory {
  readonly #wasm: KernelExports;
  #words = new Uint32Array();
  #doubles = new Float64Array();

  constructor(wasm: KernelExports) {
    this.#wasm = wasm;
  }

  /** Word `index` of the header at `slab`: a number or the address of a region. */
  header(slab: number, index: number): number {
    return this.words[(slab >>> 2) + index] as number;
  }

  wordsOf(slab: number, region: number, length: number): Uint32Array {
    const start = this.header(slab, region) >>> 2;
    return this.words.subarray(start, start + length);
  }

  doublesOf(slab: number, region: number, length: number): Float64Array {
    // Reading the header first renews the views.
    const start = this.header(slab, region) >>> 3;
    return this.#doubles.subarray(start, start + length);
  }

  get words(): Uint32Array {
    // Empty at first, and again when the buffer was detached: looking at a view costs less than asking for the buffer.
    if (this.#words.length === 0) {
      const { buffer } = this.#wasm.memory;
      this.#words = new Uint32Array(buffer);
      this.#doubles = new Float64Array(buffer);
    }
    return this.#words;
  }
}
