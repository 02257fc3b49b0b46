import { HeddleError } from '../errors.ts';
import { gains } from './gains.ts';
import { IdGraph } from './id-graph.ts';
import type { Graph, GraphKernel } from './kernel.ts';

export interface OptimizedGraph {
  /** Dependencies first; of those that may start, the one with the longest way still behind it. */
  readonly order: readonly string[];
  readonly criticalPath: { readonly path: readonly string[]; readonly length: number };
  /** As `dependencyLevels`, each level in the order above. */
  readonly levels: readonly (readonly string[])[];
  /** Largest gain first: how much sooner all would be done if this one took no time. */
  readonly bottlenecks: readonly { readonly id: string; readonly meanMs: number; readonly gainMs: number }[];
}

/**
 * A dependency graph by string ids over a kernel: `[['retrieve', 'answer']]` means that `answer` depends on `retrieve`.
 * Ids count in the order in which they are first named; ties go to the lower count.
 */
export class DependencyGraph {
  readonly #ids: readonly string[];
  readonly #graph: Graph;

  /** @param nodes ids that may have no edge at all */
  constructor(kernel: GraphKernel, edges: Iterable<readonly [from: string, to: string]>, nodes: Iterable<string> = []) {
    const graph = new IdGraph();
    for (const id of nodes) graph.node(id);
    for (const [from, to] of edges) graph.edge(from, to);
    this.#ids = graph.ids;
    this.#graph = kernel.load(graph.edges);
  }

  /** Dependencies first, by (level, index). @throws CYCLE with `details.cycle` */
  topologicalSort(): readonly string[] {
    return this.#named(this.#ordered().order);
  }

  hasCycles(): boolean {
    return !this.#graph.analyse().ok;
  }

  /** The ids of one simple cycle in the direction of its edges; undefined when there is none. */
  findCycle(): readonly string[] | undefined {
    const analysis = this.#graph.analyse();
    return analysis.ok ? undefined : this.#named(analysis.cycle);
  }

  /** Ids by level: everything in a level depends on nothing in it or below. @throws CYCLE */
  dependencyLevels(): readonly (readonly string[])[] {
    const { order, levels, depth } = this.#ordered();
    const byLevel: string[][] = Array.from({ length: depth }, () => []);
    for (const index of order) byLevel[levels[index] ?? 0]?.push(this.#ids[index] ?? '');
    return byLevel;
  }

  /** The longest way through, by the weight of each id (1 where none is given). @throws CYCLE, BAD_SCHEMA */
  criticalPath(weights: ReadonlyMap<string, number> = new Map()): {
    readonly path: readonly string[];
    readonly length: number;
  } {
    const { path, makespan } = this.#graph.criticalPath(Float64Array.from(this.#ids, (id) => weights.get(id) ?? 1));
    return { path: this.#named(path), length: makespan };
  }

  /**
   * What measured durations say about the graph: in which order to start what is ready, and where time can be won.
   *
   * @param meanMs duration by id; 1 where none is given
   * @throws CYCLE, BAD_SCHEMA
   */
  optimizeGraph(meanMs: { readonly [id: string]: number } = {}): OptimizedGraph {
    const { order, levels, depth } = this.#ordered();
    const durations = Float64Array.from(this.#ids, (id) => (Object.hasOwn(meanMs, id) ? (meanMs[id] ?? 1) : 1));
    const critical = this.#graph.criticalPath(durations);
    // A dependency has at least the bottom level of what depends on it, and a stable sort leaves it in front.
    const urgent = order.slice().sort((a, b) => (critical.bottomLevel[b] ?? 0) - (critical.bottomLevel[a] ?? 0));
    const byLevel: string[][] = Array.from({ length: depth }, () => []);
    for (const index of urgent) byLevel[levels[index] ?? 0]?.push(this.#ids[index] ?? '');
    return {
      order: this.#named(urgent),
      criticalPath: { path: this.#named(critical.path), length: critical.makespan },
      levels: byLevel,
      bottlenecks: gains(this.#graph, durations, critical).map(({ node, gain }) => ({
        id: this.#ids[node] ?? '',
        meanMs: durations[node] ?? 0,
        gainMs: gain,
      })),
    };
  }

  #ordered() {
    const analysis = this.#graph.analyse();
    if (analysis.ok) return analysis;
    const cycle = this.#named(analysis.cycle);
    throw new HeddleError({
      code: 'CYCLE',
      message: `${[...cycle, cycle[0]].join(' → ')} is a cycle`,
      details: { cycle },
    });
  }

  #named(indices: Uint32Array): readonly string[] {
    return Array.from(indices, (index) => this.#ids[index] ?? '');
  }
}
