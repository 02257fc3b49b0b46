import { checkEdges, checkLimits, checkWeights, cycleError, released } from './check.ts';
import { at, atF, buildCsr, type Csr } from './csr.ts';
import { JsReadyQueue } from './js-ready-queue.ts';
import { JsWorkspace } from './js-workspace.ts';
import type { Analysis, CriticalPath, EdgeList, Graph, GraphKernel, ReadyQueue } from './kernel.ts';

/** The plain-JavaScript twin of the WASM kernel: same contract, same ties, same bits. */
export function createJsKernel(): GraphKernel {
  return {
    kind: 'js',
    load(edges) {
      checkEdges(edges);
      return new JsGraph(edges);
    },
    workspace(nodesMax, edgesMax) {
      checkLimits(nodesMax, edgesMax);
      return new JsWorkspace(nodesMax, edgesMax);
    },
  };
}

class JsGraph implements Graph {
  readonly nodes: number;
  readonly edges: number;
  readonly #csr: Csr;
  #analysis: Analysis | null = null;
  #released = false;

  constructor(list: EdgeList) {
    this.nodes = list.nodes;
    this.edges = list.from.length;
    this.#csr = buildCsr(list);
  }

  analyse(): Analysis {
    const analysis = this.#analysed();
    if (!analysis.ok) return { ok: false, cycle: analysis.cycle.slice() };
    return { ok: true, order: analysis.order.slice(), levels: analysis.levels.slice(), depth: analysis.depth };
  }

  criticalPath(durations: Float64Array): CriticalPath {
    checkWeights('duration', durations, this.nodes);
    return criticalPath(this.#csr, this.#order(), durations);
  }

  readyQueue(priority?: Float64Array): ReadyQueue {
    const order = this.#order();
    if (priority !== undefined) checkWeights('priority', priority, this.nodes, true);
    const key = priority ?? bottomLevels(this.#csr, order, new Float64Array(this.nodes).fill(1));
    return new JsReadyQueue(this.#csr, key, () => this.#alive());
  }

  release(): void {
    this.#released = true;
  }

  #analysed(): Analysis {
    this.#alive();
    this.#analysis ??= analyse(this.#csr, this.nodes);
    return this.#analysis;
  }

  #order(): Uint32Array {
    const analysis = this.#analysed();
    if (!analysis.ok) throw cycleError(analysis.cycle);
    return analysis.order;
  }

  #alive(): void {
    if (this.#released) throw released();
  }
}

/** Kahn (1962) with levels, then a counting sort by level. O(n + e). */
function analyse(csr: Csr, nodes: number): Analysis {
  const { offsets, targets } = csr;
  const degrees = csr.inDegrees.slice();
  const levels = new Uint32Array(nodes);
  const queue = new Uint32Array(nodes);
  let tail = 0;
  for (let node = 0; node < nodes; node++) if (degrees[node] === 0) queue[tail++] = node;
  let depth = 0;
  for (let head = 0; head < tail; head++) {
    const node = at(queue, head);
    const below = at(levels, node) + 1;
    depth = Math.max(depth, below);
    for (let edge = at(offsets, node); edge < at(offsets, node + 1); edge++) {
      const target = at(targets, edge);
      if (at(levels, target) < below) levels[target] = below;
      degrees[target] = at(degrees, target) - 1;
      if (degrees[target] === 0) queue[tail++] = target;
    }
  }
  if (tail < nodes) return { ok: false, cycle: findCycle(csr, degrees) };
  return { ok: true, order: orderByLevel(levels, depth), levels, depth };
}

function orderByLevel(levels: Uint32Array, depth: number): Uint32Array {
  const starts = new Uint32Array(depth + 1);
  for (const level of levels) starts[level + 1] = at(starts, level + 1) + 1;
  for (let level = 0; level < depth; level++) starts[level + 1] = at(starts, level + 1) + at(starts, level);
  const order = new Uint32Array(levels.length);
  for (let node = 0; node < levels.length; node++) {
    const level = at(levels, node);
    order[at(starts, level)] = node;
    starts[level] = at(starts, level) + 1;
  }
  return order;
}

/**
 * One simple cycle among the nodes Kahn left over (degree above 0). Each of them has a predecessor among them, so
 * walking from the smallest to its smallest such predecessor, and on, must come back to a node already seen. O(n + e).
 */
function findCycle({ offsets, targets }: Csr, degrees: Uint32Array): Uint32Array {
  const nodes = degrees.length;
  const predecessor = new Uint32Array(nodes).fill(nodes);
  for (let node = nodes - 1; node >= 0; node--) {
    if (degrees[node] === 0) continue;
    for (let edge = at(offsets, node); edge < at(offsets, node + 1); edge++) predecessor[at(targets, edge)] = node;
  }
  const position = new Int32Array(nodes).fill(-1);
  const walk: number[] = [];
  let node = degrees.findIndex((degree) => degree > 0);
  while (position[node] === -1) {
    position[node] = walk.length;
    walk.push(node);
    node = at(predecessor, node);
  }
  const cycle = Uint32Array.from(walk.slice(position[node])).reverse();
  const smallest = cycle.indexOf(cycle.reduce((least, each) => Math.min(least, each)));
  return Uint32Array.from(cycle, (_, index) => at(cycle, (index + smallest) % cycle.length));
}

/** Forward pass for earliest starts, one reverse sweep for bottom levels, the rest follows. O(n + e). */
function criticalPath(csr: Csr, order: Uint32Array, durations: Float64Array): CriticalPath {
  const { offsets, targets } = csr;
  const earliest = new Float64Array(order.length);
  for (const node of order) {
    const end = atF(earliest, node) + atF(durations, node);
    for (let edge = at(offsets, node); edge < at(offsets, node + 1); edge++) {
      const target = at(targets, edge);
      if (atF(earliest, target) < end) earliest[target] = end;
    }
  }
  const bottomLevel = bottomLevels(csr, order, durations);
  const path = walkCriticalPath(csr, bottomLevel);
  const makespan = path.length === 0 ? 0 : atF(bottomLevel, at(path, 0));
  const slack = new Float64Array(order.length);
  const latest = new Float64Array(order.length);
  for (let node = 0; node < order.length; node++) {
    slack[node] = Math.max(0, makespan - atF(bottomLevel, node) - atF(earliest, node));
  }
  // Sums in another order round differently; on the path itself the slack is 0 by definition.
  for (const node of path) slack[node] = 0;
  for (let node = 0; node < order.length; node++) latest[node] = atF(earliest, node) + atF(slack, node);
  return { earliest, latest, slack, bottomLevel, path, makespan };
}

function bottomLevels({ offsets, targets }: Csr, order: Uint32Array, durations: Float64Array): Float64Array {
  const bottomLevel = new Float64Array(order.length);
  for (let index = order.length - 1; index >= 0; index--) {
    const node = at(order, index);
    let longest = 0;
    for (let edge = at(offsets, node); edge < at(offsets, node + 1); edge++) {
      const below = atF(bottomLevel, at(targets, edge));
      if (below > longest) longest = below;
    }
    bottomLevel[node] = longest + atF(durations, node);
  }
  return bottomLevel;
}

/** From the node with the largest bottom level always on to the successor with the largest; ties to the lower index. */
function walkCriticalPath({ offsets, targets, inDegrees }: Csr, bottomLevel: Float64Array): Uint32Array {
  const nodes = bottomLevel.length;
  let node = nodes;
  for (let root = 0; root < nodes; root++) {
    if (inDegrees[root] === 0 && (node === nodes || atF(bottomLevel, root) > atF(bottomLevel, node))) node = root;
  }
  const path: number[] = [];
  while (node < nodes) {
    path.push(node);
    let next = nodes;
    for (let edge = at(offsets, node); edge < at(offsets, node + 1); edge++) {
      const target = at(targets, edge);
      const better = next === nodes || atF(bottomLevel, target) > atF(bottomLevel, next);
      if (better || (atF(bottomLevel, target) === atF(bottomLevel, next) && target < next)) next = target;
    }
    node = next;
  }
  return Uint32Array.from(path);
}
