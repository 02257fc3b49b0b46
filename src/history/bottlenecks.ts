import { gains } from '../kernel/gains.ts';
import { createJsKernel } from '../kernel/js-kernel.ts';
import type { Graph, GraphKernel } from '../kernel/kernel.ts';
import { programEdges } from '../program/edges.ts';
import type { Program } from '../program/program.ts';
import type { ExecutionRecord } from './execution-record.ts';
import { historyMax } from './profile.ts';

/** A node that holds the end of a program back. Times in ms. */
export interface Bottleneck {
  readonly node: string;
  /** From its first start to its end, over the executions in which it ran. */
  readonly meanMs: number;
  /** Share of the executions in which it lay on the critical path that was measured in that very execution. */
  readonly criticalShare: number;
  /** Length of the critical path by mean durations, as it is and if this node took no time. */
  readonly makespanMs: number;
  readonly makespanWithoutMs: number;
  /** The difference of the two: all that making this node faster can win. */
  readonly gainMs: number;
}

/**
 * Every node that lay on a measured critical path, or does so on average: largest gain first, then the most often critical.
 * A long node beside a longer one is none: making it faster wins nothing.
 *
 * @param records of this program; only the last `historyMax` count, and of these the ones in which something ended
 */
export function bottlenecksOf(
  program: Program,
  records: readonly ExecutionRecord[],
  { kernel = createJsKernel(), limit = 100 }: { readonly kernel?: GraphKernel; readonly limit?: number } = {},
): readonly Bottleneck[] {
  const ids = Object.keys(program.nodes);
  const runs = records.slice(-historyMax).flatMap((record) => {
    const spans = ids.map((id) => spanOf(record, id));
    return spans.some((span) => span !== undefined) ? [spans] : [];
  });
  if (runs.length === 0) return [];
  const edges = programEdges(program);
  const graph = kernel.load({
    nodes: ids.length,
    from: Uint32Array.from(edges, ({ from }) => from),
    to: Uint32Array.from(edges, ({ to }) => to),
  });
  try {
    return rank(ids, runs, graph, limit);
  } finally {
    graph.release();
  }
}

/** By node; undefined where it did not run. */
type Spans = readonly (number | undefined)[];

function rank(ids: readonly string[], runs: readonly Spans[], graph: Graph, limit: number): readonly Bottleneck[] {
  const criticalIn = new Uint32Array(ids.length);
  for (const spans of runs) {
    const { path } = graph.criticalPath(Float64Array.from(spans, (span) => span ?? 0));
    // A node without a duration is on the way, but holds nothing up.
    for (const node of path) if ((spans[node] ?? 0) > 0) criticalIn[node] = (criticalIn[node] ?? 0) + 1;
  }
  const means = Float64Array.from(ids, (_, node) => mean(runs.flatMap((spans) => spans[node] ?? [])));
  const whole = graph.criticalPath(means);
  const gainOf = new Map(gains(graph, means, whole, limit).map(({ node, gain }) => [node, gain]));
  return ids
    .flatMap((id, node) => {
      const gainMs = gainOf.get(node) ?? 0;
      const criticalShare = (criticalIn[node] ?? 0) / runs.length;
      if (gainMs === 0 && criticalShare === 0) return [];
      return {
        node: id,
        meanMs: means[node] ?? 0,
        criticalShare,
        makespanMs: whole.makespan,
        makespanWithoutMs: whole.makespan - gainMs,
        gainMs,
      };
    })
    .sort((a, b) => b.gainMs - a.gainMs || b.criticalShare - a.criticalShare)
    .slice(0, limit);
}

function spanOf({ nodes }: ExecutionRecord, id: string): number | undefined {
  return Object.hasOwn(nodes, id) ? nodes[id]?.spanMs : undefined;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
