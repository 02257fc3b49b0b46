import * as codes from '../../assembly/shared/codes.ts';
import { checkDurationCount, checkEdges, checkEnds, checkFits, checkWeights, cycleError, released } from './check.ts';
import type { EdgeList } from './edge-list.ts';
import type { KernelExports, WasmMemory } from './wasm-memory.ts';
import type { GraphWorkspace, Solved, WorkspaceInput } from './workspace.ts';

/**
 * A workspace in linear memory: one slab, laid out once for the largest graph. One copy in, one call, views out, which are made
 * when they are asked for. Kept short: in a fresh process, each function and each view on the way to the first plan takes longer
 * than a plan does.
 */
export class WasmWorkspace implements GraphWorkspace {
  readonly nodesMax: number;
  readonly edgesMax: number;
  readonly #wasm: KernelExports;
  readonly #memory: WasmMemory;
  #slab: number;
  #views: Views | undefined;

  constructor(wasm: KernelExports, memory: WasmMemory, slab: number, nodesMax: number, edgesMax: number) {
    this.nodesMax = nodesMax;
    this.edgesMax = edgesMax;
    this.#wasm = wasm;
    this.#memory = memory;
    this.#slab = slab;
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

  get input(): WorkspaceInput {
    return this.#current();
  }

  solve(edges: EdgeList, durations: Float64Array): Solved {
    const { nodes, from, to } = edges;
    if (this.#slab === 0) throw released();
    checkEnds(from, to);
    checkFits(nodes, from.length, this.nodesMax, this.edgesMax);
    checkDurationCount(durations, nodes);
    const { words, doubles } = this.#memory;
    const header = this.#slab >>> 2;
    words.set(from, (words[header + codes.GRAPH_FROM] as number) >>> 2);
    words.set(to, (words[header + codes.GRAPH_TO] as number) >>> 2);
    doubles.set(durations, (words[header + codes.GRAPH_DURATIONS] as number) >>> 3);
    return this.#solve(nodes, from.length);
  }

  solveInput(nodes: number, edges: number): Solved {
    if (this.#slab === 0) throw released();
    checkFits(nodes, edges, this.nodesMax, this.edgesMax);
    return this.#solve(nodes, edges);
  }

  #solve(nodes: number, edges: number): Solved {
    const { words, doubles } = this.#memory;
    const header = this.#slab >>> 2;
    const depth = this.#wasm.solve(this.#slab, nodes, edges);
    const pathLength = words[header + codes.GRAPH_OUT_LENGTH] as number;
    const path = (words[header + codes.GRAPH_OUT] as number) >>> 2;
    if (depth >= 0) {
      if (pathLength === 0) return { depth, makespan: 0, pathLength };
      const bottomLevels = (words[header + codes.GRAPH_BOTTOM_LEVELS] as number) >>> 3;
      return { depth, makespan: doubles[bottomLevels + (words[path] as number)] as number, pathLength };
    }
    if (depth === codes.HAS_CYCLE) throw cycleError(words.slice(path, path + pathLength));
    // Only one of these finds something to say.
    const { from, to, durations } = this.#current();
    checkEdges({ nodes, from: from.subarray(0, edges), to: to.subarray(0, edges) });
    checkWeights('duration', durations.subarray(0, nodes), nodes);
    throw released();
  }

  release(): void {
    if (this.#slab !== 0) this.#wasm.releaseGraph(this.#slab);
    this.#slab = 0;
  }

  #current(): Views {
    const [slab, memory, nodes, edges] = [this.#slab, this.#memory, this.nodesMax, this.edgesMax];
    if (slab === 0) throw released();
    // Detached when the memory grew, they are empty.
    if (this.#views === undefined || this.#views.order.length === 0)
      this.#views = {
        from: memory.wordsOf(slab, codes.GRAPH_FROM, edges),
        to: memory.wordsOf(slab, codes.GRAPH_TO, edges),
        durations: memory.doublesOf(slab, codes.GRAPH_DURATIONS, nodes),
        order: memory.wordsOf(slab, codes.GRAPH_ORDER, nodes),
        levels: memory.wordsOf(slab, codes.GRAPH_LEVELS, nodes),
        path: memory.wordsOf(slab, codes.GRAPH_OUT, nodes),
        bottomLevels: memory.doublesOf(slab, codes.GRAPH_BOTTOM_LEVELS, nodes),
      };
    return this.#views;
  }
}

interface Views extends WorkspaceInput {
  readonly order: Uint32Array;
  readonly levels: Uint32Array;
  readonly path: Uint32Array;
  readonly bottomLevels: Float64Array;
}
