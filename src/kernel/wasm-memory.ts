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

/**
 * Views of the linear memory, made anew whenever it has grown, because growing detaches the old buffer. They are empty at first,
 * and again when the buffer was detached: looking at a view costs less than asking for the buffer.
 */
export class WasmMemory {
  readonly #wasm: KernelExports;
  #words = new Uint32Array();
  #doubles = new Float64Array();

  constructor(wasm: KernelExports) {
    this.#wasm = wasm;
  }

  get words(): Uint32Array {
    if (this.#words.length === 0) this.#words = new Uint32Array(this.#wasm.memory.buffer);
    return this.#words;
  }

  get doubles(): Float64Array {
    if (this.#doubles.length === 0) this.#doubles = new Float64Array(this.#wasm.memory.buffer);
    return this.#doubles;
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
    const start = this.header(slab, region) >>> 3;
    return this.doubles.subarray(start, start + length);
  }
}
