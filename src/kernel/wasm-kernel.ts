import * as codes from '../../assembly/shared/codes.ts';
import { HeddleError } from '../errors.ts';
import { checkEdges, checkEnds, checkLimits, checkWeights, cycleError, notTaken, released } from './check.ts';
import type { EdgeList } from './edge-list.ts';
import type { Analysis, CriticalPath, Graph, GraphKernel, ReadyQueue } from './kernel.ts';
import { type KernelExports, WasmMemory } from './wasm-memory.ts';
import { WasmWorkspace } from './wasm-workspace.ts';

/** The one global this layer uses. Running a compiled module is as pure as running any other code; compiling is not done here. */
declare const WebAssembly: {
  readonly Instance: new (
    module: WasmModule,
    imports?: Readonly<Record<string, never>>,
  ) => { readonly exports: unknown };
};

/** A compiled `WebAssembly.Module`. Workers forbid compiling from bytes, so bytes are never taken. */
export type WasmModule = object;

/**
 * The kernel in WASM. The instance holds all graphs that are loaded and not released; memory that grew stays, and serves
 * later graphs.
 */
export function createWasmKernel(module: WasmModule): GraphKernel {
  const wasm = new WebAssembly.Instance(module).exports as KernelExports;
  const memory = new WasmMemory(wasm);
  return {
    kind: 'wasm',
    load(edges) {
      return new WasmGraph(wasm, memory, edges);
    },
    workspace(nodesMax, edgesMax) {
      checkLimits(nodesMax, edgesMax);
      const slab = wasm.createGraph(nodesMax, edgesMax) >>> 0;
      if (slab === codes.NO_MEMORY) throw noMemory(nodesMax, edgesMax);
      return new WasmWorkspace(wasm, memory, slab, nodesMax, edgesMax);
    },
  };
}

class WasmGraph implements Graph {
  readonly nodes: number;
  readonly edges: number;
  readonly #wasm: KernelExports;
  readonly #memory: WasmMemory;
  readonly #queues: WasmReadyQueue[] = [];
  #slab: number;
  /** Number of levels, or HAS_CYCLE; null before the first analysis. */
  #depth: number | null = null;

  constructor(wasm: KernelExports, memory: WasmMemory, edges: EdgeList) {
    const { nodes, from, to } = edges;
    checkLimits(nodes, from.length);
    checkEnds(from, to);
    this.nodes = nodes;
    this.edges = from.length;
    this.#wasm = wasm;
    this.#memory = memory;
    this.#slab = wasm.createGraph(nodes, from.length) >>> 0;
    if (this.#slab === codes.NO_MEMORY) throw noMemory(nodes, from.length);
    memory.wordsOf(this.#slab, codes.GRAPH_FROM, from.length).set(from);
    memory.wordsOf(this.#slab, codes.GRAPH_TO, to.length).set(to);
    if (wasm.build(this.#slab) === codes.ALL_GOOD) return;
    this.release();
    checkEdges(edges);
  }

  analyse(): Analysis {
    const depth = this.#analysed();
    if (depth === codes.HAS_CYCLE) return { ok: false, cycle: this.#out() };
    const order = this.#memory.wordsOf(this.#slab, codes.GRAPH_ORDER, this.nodes).slice();
    return { ok: true, order, levels: this.#memory.wordsOf(this.#slab, codes.GRAPH_LEVELS, this.nodes).slice(), depth };
  }

  criticalPath(durations: Float64Array): CriticalPath {
    checkWeights('duration', durations, this.nodes);
    this.#ordered();
    this.#memory.doublesOf(this.#slab, codes.GRAPH_DURATIONS, this.nodes).set(durations);
    const makespan = this.#wasm.weigh(this.#slab);
    const copy = (region: number): Float64Array => this.#memory.doublesOf(this.#slab, region, this.nodes).slice();
    return {
      earliest: copy(codes.GRAPH_EARLIEST),
      latest: copy(codes.GRAPH_LATEST),
      slack: copy(codes.GRAPH_SLACK),
      bottomLevel: copy(codes.GRAPH_BOTTOM_LEVELS),
      path: this.#out(),
      makespan,
    };
  }

  readyQueue(priority?: Float64Array): ReadyQueue {
    this.#ordered();
    if (priority !== undefined) checkWeights('priority', priority, this.nodes, true);
    const priorities = priority ?? this.criticalPath(new Float64Array(this.nodes).fill(1)).bottomLevel;
    const queue = this.#wasm.createQueue(this.#slab) >>> 0;
    if (queue === codes.NO_MEMORY) throw noMemory(this.nodes, this.edges);
    const ready = new WasmReadyQueue(this.#wasm, this.#memory, queue, this.nodes);
    this.#queues.push(ready);
    this.#memory.doublesOf(queue, codes.QUEUE_PRIORITIES, this.nodes).set(priorities);
    if (!this.#wasm.rankQueue(queue)) throw noMemory(this.nodes, this.edges);
    return ready;
  }

  release(): void {
    if (this.#slab === 0) return;
    for (const queue of this.#queues) queue.release();
    this.#wasm.releaseGraph(this.#slab);
    this.#slab = 0;
  }

  #analysed(): number {
    this.#alive();
    this.#depth ??= this.#wasm.analyse(this.#slab);
    return this.#depth;
  }

  #ordered(): void {
    if (this.#analysed() === codes.HAS_CYCLE) throw cycleError(this.#out());
  }

  /** The cycle or path the last call left behind. */
  #out(): Uint32Array {
    const length = this.#memory.header(this.#slab, codes.GRAPH_OUT_LENGTH);
    return this.#memory.wordsOf(this.#slab, codes.GRAPH_OUT, length).slice();
  }

  #alive(): void {
    if (this.#slab === 0) throw released();
  }
}

class WasmReadyQueue implements ReadyQueue {
  readonly #wasm: KernelExports;
  readonly #memory: WasmMemory;
  readonly #nodes: number;
  /** 0 once the graph was released. */
  #queue: number;

  constructor(wasm: KernelExports, memory: WasmMemory, queue: number, nodes: number) {
    this.#wasm = wasm;
    this.#memory = memory;
    this.#queue = queue;
    this.#nodes = nodes;
  }

  next(): number {
    return this.#wasm.next(this.#alive());
  }

  settle(node: number): Uint32Array {
    return this.settleAll(Uint32Array.of(node));
  }

  completeNext(node: number): number {
    const next = this.#wasm.completeNext(this.#alive(), node);
    if (next === codes.NOT_TAKEN) throw notTaken(node, this.#nodes);
    return next;
  }

  settleAll(nodes: Uint32Array): Uint32Array {
    const queue = this.#alive();
    // More nodes than there are cannot all be settled; the first that is too many is refused below.
    const list = nodes.subarray(0, this.#nodes);
    this.#memory.wordsOf(queue, codes.QUEUE_LIST, list.length).set(list);
    const ready = this.#wasm.settle(queue, list.length);
    if (ready < 0) throw notTaken(list[-1 - ready] ?? 0, this.#nodes);
    if (nodes.length > list.length) throw notTaken(nodes[list.length] ?? 0, this.#nodes);
    return this.#memory.wordsOf(queue, codes.QUEUE_OUT, ready).slice().sort();
  }

  reset(): void {
    this.#wasm.resetQueue(this.#alive());
  }

  /** With the graph it is of. */
  release(): void {
    this.#wasm.releaseQueue(this.#queue);
    this.#queue = 0;
  }

  #alive(): number {
    if (this.#queue === 0) throw released();
    return this.#queue;
  }
}

function noMemory(nodes: number, edges: number): HeddleError {
  return new HeddleError({
    code: 'LIMIT_EXCEEDED',
    message: `there is not enough memory for a graph of ${nodes} nodes and ${edges} edges`,
    hint: 'release graphs that are no longer used',
  });
}
