import type { Strategy } from '../program/program.ts';
import type { PlanGraph } from './plan-graph.ts';
import { strategies } from './strategy.ts';

/** The order in which ready nodes start: `rankOf[node]` and its inverse `nodeAt[rank]`, 0 first. */
export interface Ranking {
  readonly rankOf: Uint32Array;
  readonly nodeAt: Uint32Array;
}

type Unranked = Pick<PlanGraph, 'nodes' | 'order' | 'levels' | 'weights'>;

/** Ranks nodes by priority, then by the strategy's order; ties go to the lower index, never to arrival luck. */
export function rankNodes(plan: Unranked, strategy: Strategy): Ranking {
  const key = sortKey(plan, strategies[strategy].order);
  const nodeAt = Uint32Array.from(plan.order).sort(
    (a, b) => priority(plan, b) - priority(plan, a) || at(key, b) - at(key, a) || a - b,
  );
  const rankOf = new Uint32Array(nodeAt.length);
  nodeAt.forEach((node, rank) => {
    rankOf[node] = rank;
  });
  return { rankOf, nodeAt };
}

/** Larger goes first. */
function sortKey(plan: Unranked, order: 'topological' | 'bottomLevel' | 'deepest'): Float64Array {
  if (order === 'bottomLevel') return plan.weights.bottomLevel;
  if (order === 'deepest') return Float64Array.from(plan.levels);
  const key = new Float64Array(plan.order.length);
  plan.order.forEach((node, position) => {
    key[node] = -position;
  });
  return key;
}

const at = (array: Float64Array, index: number): number => array[index] ?? 0;
const priority = (plan: Unranked, node: number): number => plan.nodes[node]?.priority ?? 0;
