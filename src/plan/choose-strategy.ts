import type { Strategy } from '../program/program.ts';
import type { PlanGraph } from './plan-graph.ts';

export interface StrategyChoice {
  readonly strategy: Strategy;
  /** One sentence for people. */
  readonly reason: string;
}

/** A plan before its strategy is known. */

/** From where on the ways behind two nodes that may start together count as uneven. */
const unevenFactor = 2;

/**
 * The strategy that fits a plan, for programs that name none.
 *
 * @param durations expected ms by node id, as measured; nodes that are not in it count as the others do on average
 * @param hasResources whether anything declares resources; by default, whether a node of the plan does
 */
export function chooseStrategy(
  plan: PlanGraph,
  durations: { readonly [id: string]: number } = {},
  hasResources: boolean = plan.nodes.some(({ spec }) => Object.keys(spec.resources ?? {}).length > 0),
): StrategyChoice {
  if (hasResources)
    return {
      strategy: 'resource_aware',
      reason: 'Nodes claim resources, so what starts has to fit into what is free.',
    };
  const fanned = plan.nodes.filter(({ forEach }) => forEach !== undefined);
  const follows = fanned.find(({ index }) => plan.dependencies[index]?.some((from) => plan.nodes[from]?.forEach));
  if (follows !== undefined) {
    const reason = `The items of ${follows.id} follow on those of another forEach node, so what is furthest along goes first.`;
    return { strategy: 'pipeline', reason };
  }
  // With as many levels as nodes, each node has to wait for the one before it, unless one of several suffices for it.
  const waitsForAll = plan.nodes.every(({ join }) => join === 'all');
  if (plan.depth === plan.nodes.length && fanned.length === 0 && waitsForAll)
    return {
      strategy: 'sequential',
      reason: 'Every node waits for the one before it, so nothing can run side by side.',
    };
  const uneven = unevenPair(plan, durations);
  if (uneven === undefined)
    return {
      strategy: 'parallel',
      reason: 'Nodes that may start together have about as much behind them, so any order does.',
    };
  const [long, short] = uneven;
  const reason = `${long} and ${short} may start together, but much more time lies behind ${long}, so the longest way goes first.`;
  return { strategy: 'optimized', reason };
}

/** Two nodes of one level of which the first has at least `unevenFactor` times the way to the end of the second. */
function unevenPair(
  plan: PlanGraph,
  durations: { readonly [id: string]: number },
): readonly [long: string, short: string] | undefined {
  const bottomLevel = bottomLevels(plan, durations);
  const ends = Array.from({ length: plan.depth }, () => ({ long: -1, short: -1 }));
  const of = (node: number): number => bottomLevel[node] ?? 0;
  for (const node of plan.order) {
    const level = ends[plan.levels[node] ?? 0];
    if (level === undefined) continue;
    if (level.long < 0 || of(node) > of(level.long)) level.long = node;
    if (level.short < 0 || of(node) < of(level.short)) level.short = node;
  }
  const found = ends.find(({ long, short }) => of(long) > 0 && of(long) >= unevenFactor * of(short));
  if (found === undefined) return undefined;
  return [plan.nodes[found.long]?.id ?? '', plan.nodes[found.short]?.id ?? ''];
}

/** The plan's own weights may be of another time, or mere units. */
function bottomLevels(
  { nodes, order, dependents }: PlanGraph,
  durations: { readonly [id: string]: number },
): Float64Array {
  const known = nodes.flatMap(({ id }) => (Object.hasOwn(durations, id) ? (durations[id] ?? 0) : []));
  const otherwise = known.length === 0 ? 1 : known.reduce((sum, ms) => sum + ms, 0) / known.length;
  const bottomLevel = new Float64Array(nodes.length);
  for (const node of order.toReversed()) {
    const id = nodes[node]?.id ?? '';
    const own = Object.hasOwn(durations, id) ? (durations[id] ?? 0) : otherwise;
    const below = (dependents[node] ?? []).reduce((longest, next) => Math.max(longest, bottomLevel[next] ?? 0), 0);
    bottomLevel[node] = own + below;
  }
  return bottomLevel;
}
