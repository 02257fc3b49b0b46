import { checkEdges, checkLimits, checkWeights, cycleError, released } from './check.ts';
import { at, atF, buildCsr, type Csr } from './csr.ts';
import type { EdgeList } from './edge-list.ts';
import { analyse } from './js-analysis.ts';
import { JsReadyQueue } from './js-ready-queue.ts';
import { JsWorkspace } from './js-workspace.ts';
import type { Analysis, CriticalPath, Graph, GraphKernel, ReadyQueue } from './kernel.ts';

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
