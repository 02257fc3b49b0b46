import type { EdgeList } from './edge-list.ts';

/**
 * Room for graphs that are solved one after another: nothing is allocated per graph but the small answer, and results are
 * views that the next graph overwrites. For plans that are made and used at once, and for hot loops.
 *
 * ```ts
 * const workspace = kernel.workspace(10_000, 30_000);
 * const { depth, makespan, pathLength } = workspace.solve(edges, durations);
 * workspace.order.subarray(0, edges.nodes);
 * ```
 *
 * Whoever puts a graph together edge by edge writes it where it will be read, and spares the copies:
 *
 * ```ts
 * const { from, to, durations } = workspace.input;
 * from[0] = 0, to[0] = 1, durations[0] = 5, durations[1] = 2;
 * workspace.solveInput(2, 1);
 * ```
 */
export interface GraphWorkspace {
  readonly nodesMax: number;
  readonly edgesMax: number;
  /** Topological, by (level, index). Of every view only the first `nodes` elements mean something. */
  readonly order: Uint32Array;
  /** Longest number of edges from a root, by node. */
  readonly levels: Uint32Array;
  /** Longest way from the start of the node to the end of a sink, in the unit of the durations. */
  readonly bottomLevels: Float64Array;
  /** The critical path; the first `pathLength` elements. */
  readonly path: Uint32Array;
  /**
   * @param durations one per node, finite and 0 or more, in any unit
   * @throws CYCLE, BAD_SCHEMA for a bad endpoint or duration, LIMIT_EXCEEDED for a graph that is larger than the workspace
   */
  solve(edges: EdgeList, durations: Float64Array): Solved;
  /** To be asked for anew for each graph: a graph that is loaded in between may move it. */
  readonly input: WorkspaceInput;
  /** As `solve`, of the first so many nodes and edges of `input`. */
  solveInput(nodes: number, edges: number): Solved;
  /** Frees the memory; using it afterwards is an error. */
  release(): void;
}

/** What the next graph may be written into; as long as the workspace is large. */
export interface WorkspaceInput {
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  /** One per node. */
  readonly durations: Float64Array;
}

export interface Solved {
  /** Number of levels. */
  readonly depth: number;
  /** Length of the critical path, in the unit of the durations. */
  readonly makespan: number;
  /** Nodes on the critical path. */
  readonly pathLength: number;
}
