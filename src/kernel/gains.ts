import type { CriticalPath, Graph } from './kernel.ts';

/** How much sooner everything would be done if one node took no time. */
export interface Gain {
  readonly node: number;
  readonly gain: number;
}

/**
 * The nodes whose durations hold the end back, largest gain first, then by index; at most `limit`, all with a gain above 0.
 * Only nodes of the critical path can have one, and none gains more than it takes, so that the search goes by falling
 * duration and stops as soon as the rest cannot gain more than the first `limit`.
 */
export function gains(
  graph: Graph,
  durations: Float64Array,
  { path, makespan }: CriticalPath,
  limit = 20,
): readonly Gain[] {
  const duration = (node: number): number => durations[node] ?? 0;
  const candidates = Array.from(path).sort((a, b) => duration(b) - duration(a) || a - b);
  const found: Gain[] = [];
  for (const node of candidates) {
    if (found.length === limit && duration(node) <= (found.at(-1)?.gain ?? 0)) break;
    const without = durations.slice();
    without[node] = 0;
    const gain = makespan - graph.criticalPath(without).makespan;
    if (gain <= 0) continue;
    found.push({ node, gain });
    found.sort((a, b) => b.gain - a.gain || a.node - b.node);
    found.length = Math.min(found.length, limit);
  }
  return found;
}
