import { HeddleError } from '../errors.ts';
import type { GraphKernel } from '../kernel/kernel.ts';
import { programEdges } from '../program/edges.ts';
import type { Program, Strategy } from '../program/program.ts';
import { chooseStrategy, type StrategyChoice } from './choose-strategy.ts';
import type { PlanGraph } from './plan-graph.ts';
import { type PlanNode, planNode } from './plan-node.ts';
import { type Ranking, rankNodes } from './ranking.ts';
import type { Schedule } from './schedule.ts';

/** A program plus its weights: all that the machine needs to know, computed once by the kernel. Immutable. */
export interface Plan extends PlanGraph {
  /** What the program asks for, or what fits it best; an execution may ask for another. */
  readonly strategy: StrategyChoice;
  /** By that strategy. */
  readonly ranking: Ranking;
  /** An order found by search, which takes the place of the strategy's own. */
  readonly schedule?: Schedule;
}

/**
 * @param given expected duration per node index, any unit, finite and 0 or more; unit weights when absent
 * @throws CYCLE with `details.cycle`, the ids of a real cycle
 */
export function createPlan(program: Program, kernel: GraphKernel, given?: Float64Array): Plan {
  const ids = Object.keys(program.nodes);
  const indexOf = new Map(ids.map((id, index) => [id, index]));
  const nodes = ids.map((id, index) => planNode(id, index, program));
  const edges = programEdges(program);
  const graph = kernel.load({
    nodes: ids.length,
    from: Uint32Array.from(edges, (edge) => edge.from),
    to: Uint32Array.from(edges, (edge) => edge.to),
  });
  try {
    const analysis = graph.analyse();
    if (!analysis.ok) throw cycleError(Array.from(analysis.cycle, (index) => ids[index] ?? ''));
    const dependencies: number[][] = ids.map(() => []);
    const dependents: number[][] = ids.map(() => []);
    for (const { from, to } of edges) {
      dependencies[to]?.push(from);
      dependents[from]?.push(to);
    }
    const allOf = Uint32Array.from(nodes, ({ index, join, trigger }) =>
      join === 'all' && trigger === 'success' ? (dependencies[index]?.length ?? 0) : 0,
    );
    const durations = given ?? new Float64Array(ids.length).fill(1);
    const weights = graph.criticalPath(durations);
    const plan = { program, nodes, indexOf, dependencies, dependents, allOf, ...analysis, durations, weights };
    const strategy = strategyOf(plan, given);
    return { ...plan, strategy, ranking: rankNodes(plan, strategy.strategy) };
  } finally {
    graph.release();
  }
}

function strategyOf(plan: PlanGraph, given: Float64Array | undefined): StrategyChoice {
  const { strategy } = plan.program;
  if (strategy !== undefined) return { strategy, reason: 'The program asks for it.' };
  const known = given === undefined ? [] : plan.nodes.map(({ id, index }) => [id, given[index] ?? 0] as const);
  return chooseStrategy(plan, Object.fromEntries(known));
}

/** The order in which ready nodes of the plan start under a strategy. @throws CORRUPT when its schedule is not of this plan */
export function rankingOf(plan: Plan, strategy: Strategy): Ranking {
  const { schedule } = plan;
  if (schedule === undefined || schedule.strategy !== strategy) {
    return strategy === plan.strategy.strategy ? plan.ranking : rankNodes(plan, strategy);
  }
  const nodeAt = Uint32Array.from(schedule.order);
  const rankOf = new Uint32Array(plan.nodes.length).fill(unranked);
  nodeAt.forEach((node, rank) => {
    if (rankOf[node] === unranked) rankOf[node] = rank;
  });
  if (nodeAt.length !== rankOf.length || rankOf.includes(unranked)) {
    const message = `its schedule orders ${nodeAt.length} nodes, not each of the ${rankOf.length} of the program once`;
    throw new HeddleError({ code: 'CORRUPT', message });
  }
  return { rankOf, nodeAt };
}

const unranked = 2 ** 32 - 1;

/** @throws UNKNOWN_NODE */
export function planNodeOf({ nodes, indexOf }: Plan, id: string): PlanNode {
  const node = nodes[indexOf.get(id) ?? -1];
  if (node !== undefined) return node;
  throw new HeddleError({ code: 'UNKNOWN_NODE', message: `there is no node ${id}` });
}

function cycleError(cycle: readonly string[]): HeddleError {
  return new HeddleError({
    code: 'CYCLE',
    message: `the nodes ${[...cycle, cycle[0]].join(' → ')} depend on each other`,
    path: `nodes.${cycle[0]}`,
    hint: 'remove one of these references or needs',
    details: { cycle },
  });
}
