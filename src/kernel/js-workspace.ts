import { checkDurationCount, checkEdges, checkEnds, checkFits, checkWeights, cycleError, released } from './check.ts';
import { buildCsr } from './csr.ts';
import type { EdgeList } from './edge-list.ts';
import { analyse } from './js-analysis.ts';
import { walkPath } from './js-path.ts';
import type { GraphWorkspace, Solved, WorkspaceInput } from './workspace.ts';

/**
 * A workspace in plain JavaScript: the same algorithms as in assembly/, in the form V8 compiles best. Words are read as
 * signed (`| 0`), since unsigned ones become doubles when compared; every array is a local constant of the loop that uses
 * it. The caller's edges are read where they are.
 */
export class JsWorkspace implements GraphWorkspace {
  readonly nodesMax: number;
  readonly edgesMax: number;
  readonly order: Uint32Array;
  readonly levels: Uint32Array;
  readonly bottomLevels: Float64Array;
  readonly path: Uint32Array;
  readonly #offsets: Int32Array;
  readonly #targets: Int32Array;
  readonly #degrees: Int32Array;
  readonly #queue: Int32Array;
  readonly #starts: Int32Array;
  readonly #order: Int32Array;
  readonly #levels: Int32Array;
  #input: WorkspaceInput | undefined;
  #released = false;

  constructor(nodesMax: number, edgesMax: number) {
    this.nodesMax = nodesMax;
    this.edgesMax = edgesMax;
    this.order = new Uint32Array(nodesMax);
    this.levels = new Uint32Array(nodesMax);
    this.#order = new Int32Array(this.order.buffer);
    this.#levels = new Int32Array(this.levels.buffer);
    this.bottomLevels = new Float64Array(nodesMax);
    this.path = new Uint32Array(nodesMax);
    this.#offsets = new Int32Array(nodesMax + 1);
    this.#targets = new Int32Array(edgesMax);
    this.#degrees = new Int32Array(nodesMax);
    // One more: every target is written to the end of the queue, and counts only when its degree reached zero.
    this.#queue = new Int32Array(nodesMax + 1);
    this.#starts = new Int32Array(nodesMax + 1);
  }

  get input(): WorkspaceInput {
    if (this.#released) throw released();
    this.#input ??= {
      from: new Uint32Array(this.edgesMax),
      to: new Uint32Array(this.edgesMax),
      durations: new Float64Array(this.nodesMax),
    };
    return this.#input;
  }

  solve(edges: EdgeList, durations: Float64Array): Solved {
    if (this.#released) throw released();
    const { nodes, from, to } = edges;
    checkEnds(from, to);
    checkDurationCount(durations, nodes);
    return this.#solve(nodes, from.length, from, to, durations);
  }

  solveInput(nodes: number, edges: number): Solved {
    const { from, to, durations } = this.input;
    return this.#solve(nodes, edges, from, to, durations);
  }

  #solve(nodes: number, edges: number, from: Uint32Array, to: Uint32Array, durations: Float64Array): Solved {
    checkFits(nodes, edges, this.nodesMax, this.edgesMax);
    if (!areWeights(durations, nodes)) checkWeights('duration', durations.subarray(0, nodes), nodes);
    if (!build(nodes, edges, from, to, this.#offsets, this.#targets, this.#degrees))
      checkEdges(listOf(nodes, edges, from, to));
    const depth = kahn(nodes, this.#offsets, this.#targets, this.#degrees, this.#queue, this.#levels, this.#starts);
    if (depth < 0) throw cycleError(cycleOf(listOf(nodes, edges, from, to)));
    const roots = depth === 0 ? 0 : depth === 1 ? nodes : (this.#starts[1] as number);
    orderByLevel(nodes, this.#levels, this.#starts, this.#order);
    bottomLevels(nodes, this.#order, this.#offsets, this.#targets, durations, this.bottomLevels);
    const pathLength = walkPath(
      nodes,
      roots,
      this.#order,
      this.#offsets,
      this.#targets,
      durations,
      this.bottomLevels,
      this.path,
    );
    return {
      depth,
      makespan: pathLength === 0 ? 0 : (this.bottomLevels[this.path[0] as number] as number),
      pathLength,
    };
  }

  release(): void {
    this.#released = true;
  }
}

function areWeights(durations: Float64Array, nodes: number): boolean {
  for (let node = 0; node < nodes; node++) {
    const duration = durations[node] as number;
    if (!(duration >= 0 && duration < Number.POSITIVE_INFINITY)) return false;
  }
  return true;
}

/** Compressed rows by a counting sort, scattered backwards. @returns false when an endpoint is not a node */
function build(
  nodes: number,
  edges: number,
  from: Uint32Array,
  to: Uint32Array,
  offsets: Int32Array,
  targets: Int32Array,
  degrees: Int32Array,
): boolean {
  offsets.fill(0, 0, nodes + 1);
  // One less than what a node waits for: the sign bit tells that it waits for nothing.
  degrees.fill(-1, 0, nodes);
  for (let edge = 0; edge < edges; edge++) {
    const source = (from[edge] as number) | 0;
    const target = (to[edge] as number) | 0;
    if (source < 0 || source >= nodes || target < 0 || target >= nodes) return false;
    offsets[source] = ((offsets[source] as number) + 1) | 0;
    degrees[target] = ((degrees[target] as number) + 1) | 0;
  }
  let sum = 0;
  for (let node = 0; node <= nodes; node++) {
    sum = (sum + (offsets[node] as number)) | 0;
    offsets[node] = sum;
  }
  for (let edge = edges - 1; edge >= 0; edge--) {
    const source = (from[edge] as number) | 0;
    const place = ((offsets[source] as number) - 1) | 0;
    offsets[source] = place;
    targets[place] = (to[edge] as number) | 0;
  }
  return true;
}

/** Kahn's order a level at a time; see assembly/order.ts. @returns the number of levels; -1 for a cycle */
function kahn(
  nodes: number,
  offsets: Int32Array,
  targets: Int32Array,
  degrees: Int32Array,
  queue: Int32Array,
  levels: Int32Array,
  starts: Int32Array,
): number {
  let tail = 0;
  for (let node = 0; node < nodes; node++) {
    queue[tail] = node;
    tail = (tail + ((degrees[node] as number) >>> 31)) | 0;
  }
  let head = 0;
  let level = 0;
  for (; head < tail; level++) {
    starts[level] = head;
    const levelEnd = tail;
    for (; head < levelEnd; head++) {
      const node = queue[head] as number;
      levels[node] = level;
      const end = offsets[node + 1] as number;
      for (let edge = offsets[node] as number; edge < end; edge++) {
        const target = targets[edge] as number;
        const degree = ((degrees[target] as number) - 1) | 0;
        degrees[target] = degree;
        queue[tail] = target;
        tail = (tail + (degree >>> 31)) | 0;
      }
    }
  }
  return tail < nodes ? -1 : level;
}

function orderByLevel(nodes: number, levels: Int32Array, starts: Int32Array, order: Int32Array): void {
  for (let node = 0; node < nodes; node++) {
    const level = levels[node] as number;
    const place = starts[level] as number;
    starts[level] = (place + 1) | 0;
    order[place] = node;
  }
}

function bottomLevels(
  nodes: number,
  order: Int32Array,
  offsets: Int32Array,
  targets: Int32Array,
  durations: Float64Array,
  levels: Float64Array,
): void {
  for (let index = nodes - 1; index >= 0; index--) {
    const node = order[index] as number;
    const end = offsets[node + 1] as number;
    let longest = 0;
    for (let edge = offsets[node] as number; edge < end; edge++) {
      const below = levels[targets[edge] as number] as number;
      if (below > longest) longest = below;
    }
    levels[node] = longest + (durations[node] as number);
  }
}

function listOf(nodes: number, edges: number, from: Uint32Array, to: Uint32Array): EdgeList {
  return { nodes, from: from.subarray(0, edges), to: to.subarray(0, edges) };
}

/** The way of an error is not worth a fast one. */
function cycleOf(edges: EdgeList): Uint32Array {
  const analysis = analyse(buildCsr(edges), edges.nodes);
  return analysis.ok ? new Uint32Array() : analysis.cycle;
}
