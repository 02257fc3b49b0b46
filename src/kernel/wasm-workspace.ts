import * as codes from '../../assembly/shared/codes.ts';
import { checkDurationCount, checkEdges, checkFits, checkWeights, cycleError, released } from './check.ts';
import type { EdgeList } from './edge-list.ts';
import type { KernelExports, WasmMemory } from './wasm-memory.ts';
import type { GraphWorkspace, Solved } from './workspace.ts';

/**
 * A workspace in linear memory: one slab, laid out once for the largest graph. One copy in, one call, views out. The views
 * are made anew only when the memory has grown, which detaches the old ones.
 */
export class WasmWorkspace implements GraphWorkspace {
  readonly nodesMax: number;
  readonly edgesMax: number;
  readonly #wasm: KernelExports;
  readonly #memory: WasmMemory;
  #slab: number;
  #views: Views;

  constructor(wasm: KernelExports, memory: WasmMemory, slab: number, nodesMax: number, edgesMax: number) {
    this.nodesMax = nodesMax;
    this.edgesMax = edgesMax;
    this.#wasm = wasm;
    this.#memory = memory;
    this.#slab = slab;
    this.#views = this.#makeViews();
  }

  get order(): Uint32Array {
    return this.#current().order;
  }

  get levels(): Uint32Array {
    return this.#current().levels;
  }

  get bottomLevels(): Float64Array {
    return this.#current().bottomLevels;
  }

  get path(): Uint32Array {
    return this.#current().path;
  }

  solve(edges: EdgeList, durations: Float64Array): Solved {
    const { nodes, from, to } = edges;
    checkFits(edges, this.nodesMax, this.edgesMax);
    checkDurationCount(durations, nodes);
    const views = this.#current();
    views.from.set(from);
    views.to.set(to);
    views.durations.set(durations);
    const depth = this.#wasm.solve(this.#slab, nodes, from.length);
    const pathLength = views.header[codes.GRAPH_OUT_LENGTH] as number;
    if (depth >= 0) {
      const makespan = pathLength === 0 ? 0 : (views.bottomLevels[views.path[0] as number] as number);
      return { depth, makespan, pathLength };
    }
    if (depth === codes.HAS_CYCLE) throw cycleError(views.path.slice(0, pathLength));
    // Only one of these finds something to say.
    checkEdges(edges);
    checkWeights('duration', durations, nodes);
    throw released();
  }

  release(): void {
    if (this.#slab !== 0) this.#wasm.releaseGraph(this.#slab);
    this.#slab = 0;
  }

  #current(): Views {
    if (this.#slab === 0) throw released();
    // Detached, they are empty; asking the memory for its buffer would cost more than a small graph does.
    if (this.#views.header.length === 0) this.#views = this.#makeViews();
    return this.#views;
  }

  #makeViews(): Views {
    const slab = this.#slab;
    const words = (region: number, length: number) => this.#memory.wordsOf(slab, region, length);
    const { nodesMax, edgesMax } = this;
    return {
      header: this.#memory.words.subarray(slab >>> 2, (slab >>> 2) + codes.GRAPH_HEADER_WORDS),
      from: words(codes.GRAPH_FROM, edgesMax),
      to: words(codes.GRAPH_TO, edgesMax),
      durations: this.#memory.doublesOf(slab, codes.GRAPH_DURATIONS, nodesMax),
      order: words(codes.GRAPH_ORDER, nodesMax),
      levels: words(codes.GRAPH_LEVELS, nodesMax),
      path: words(codes.GRAPH_OUT, nodesMax),
      bottomLevels: this.#memory.doublesOf(slab, codes.GRAPH_BOTTOM_LEVELS, nodesMax),
    };
  }
}

interface Views {
  readonly header: Uint32Array;
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  readonly durations: Float64Array;
  readonly order: Uint32Array;
  readonly levels: Uint32Array;
  readonly path: Uint32Array;
  readonly bottomLevels: Float64Array;
}
