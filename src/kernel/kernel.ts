import type { EdgeList } from './edge-list.ts';
import type { GraphWorkspace } from './workspace.ts';

/**
 * The graph algorithms that plans are made of, behind one contract with two implementations that agree to the last bit:
 * WASM (assembly/) and plain JavaScript. Nodes are integers from 0; string ids are a layer above (graph.ts).
 *
 * ```ts
 * const graph = kernel.load({ nodes: 3, from: Uint32Array.of(0, 0, 1), to: Uint32Array.of(1, 2, 2) });
 * graph.analyse();                                  // { ok: true, order: [0, 1, 2], levels: [0, 1, 2], depth: 3 }
 * graph.criticalPath(Float64Array.of(2, 1, 5));     // path [0, 1, 2], makespan 8
 * const queue = graph.readyQueue();
 * queue.next();                                     // 0, and queue.settle(0) makes 1 ready
 * graph.release();
 * ```
 *
 * Duplicate edges are tolerated and counted as given; self-loops are cycles of one node. Results are copies and stay valid
 * after `release`.
 */
export interface GraphKernel {
  readonly kind: 'wasm' | 'js';
  /** @throws BAD_SCHEMA for an endpoint that is not a node, LIMIT_EXCEEDED beyond `kernelLimits` */
  load(edges: EdgeList): Graph;
  /** Room for graphs of at most so many nodes and edges, solved one after another. @throws LIMIT_EXCEEDED */
  workspace(nodesMax: number, edgesMax: number): GraphWorkspace;
}

export interface Graph {
  readonly nodes: number;
  readonly edges: number;
  analyse(): Analysis;
  /**
   * @param durations one per node, finite and 0 or more, in any unit
   * @throws CYCLE when there is no order, BAD_SCHEMA for a bad duration
   */
  criticalPath(durations: Float64Array): CriticalPath;
  /**
   * @param priority one finite number per node, higher first; without it the bottom level by unit durations. Ties: lower index.
   * @throws CYCLE
   */
  readyQueue(priority?: Float64Array): ReadyQueue;
  /** Frees the graph; using it, or a queue of it, afterwards is an error. */
  release(): void;
}

export type Analysis =
  | {
      readonly ok: true;
      /** Topological, by (level, index): the canonical order, independent of the order of edges. */
      readonly order: Uint32Array;
      /** Longest number of edges from a root, by node. */
      readonly levels: Uint32Array;
      /** Number of levels; 0 for the empty graph. */
      readonly depth: number;
    }
  /** The nodes of one simple cycle in the direction of its edges, each once, the smallest first. */
  | { readonly ok: false; readonly cycle: Uint32Array };

/** CPM (Kelley & Walker 1959), all times in the unit of the durations. */
export interface CriticalPath {
  /** Earliest start, by node. */
  readonly earliest: Float64Array;
  /** Latest start that does not delay the end. */
  readonly latest: Float64Array;
  /** latest - earliest; 0 on the critical path. */
  readonly slack: Float64Array;
  /** Longest way from the start of the node to the end of a sink, its own duration included (HEFT's upward rank). */
  readonly bottomLevel: Float64Array;
  /** From a root to a sink; ties go to the lower index. */
  readonly path: Uint32Array;
  /** Length of the critical path: the least time in which all can be done with enough workers. */
  readonly makespan: number;
}

/** The nodes whose dependencies are settled and that were not taken yet, best priority first. */
export interface ReadyQueue {
  /** Takes the best ready node; -1 when none is. */
  next(): number;
  /**
   * The node is done. @returns the nodes that became ready by it, by index
   * @throws NOT_ALLOWED when it was not taken, or is settled already
   */
  settle(node: number): Uint32Array;
  /**
   * The node is done; takes the best that is ready now. One call per completion, and nothing is allocated.
   * @returns -1 when nothing is ready
   * @throws NOT_ALLOWED as `settle`
   */
  completeNext(node: number): number;
  /** Settles several in one call. @returns all that became ready, by index */
  settleAll(nodes: Uint32Array): Uint32Array;
  /** As at the beginning. */
  reset(): void;
}

/** Beyond these a graph is refused with LIMIT_EXCEEDED. */
export const kernelLimits = { nodesMax: 4_000_000, edgesMax: 10_000_000 } as const;
