import type { Strategy } from '../program/program.ts';
import { ListSimulator } from './list-simulator.ts';
import type { PlanGraph } from './plan-graph.ts';
import { rankNodes } from './ranking.ts';
import type { SearchedSchedule } from './search-schedule.ts';
import { strategies } from './strategy.ts';

/** An order of ready nodes that a search found: what executions that use it keep in their journals. */
export interface Schedule {
  /** Indices of all nodes; of those that are ready, the one that stands first starts first. */
  readonly order: readonly number[];
  /** The strategy whose own order it takes the place of; under another it is not used. */
  readonly strategy: Strategy;
  /** Tasks at once it was found for. */
  readonly slots: number;
  /** What the program is expected to take by it, and by the order of the strategy, in the unit of the durations. */
  readonly makespan: number;
  readonly plainMakespan: number;
  /** One sentence for people: which rule won, and by how much. */
  readonly reason: string;
}

/** The longest program a search is made for: its order has to fit into the first event of every execution. */
export const searchedNodesMax = 10_000;

/** One trial on common hardware: so many ns for each of n log2 n + e steps. */
const nsPerStep = 40;
const trialsMax = 2000;

/**
 * Schedules that can be tried within so many ms on common hardware: a number that follows from the plan alone, so that a search
 * nobody interrupts finds the same everywhere. 0: it is not worth beginning.
 */
export function trialsWithin({ nodes, dependents }: PlanGraph, budgetMs: number): number {
  const edges = dependents.reduce((sum, of) => sum + of.length, 0);
  const steps = nodes.length * Math.log2(nodes.length + 1) + edges;
  const trials = Math.floor((budgetMs * 1e6) / (nsPerStep * Math.max(1, steps)));
  return trials < 2 ? 0 : Math.min(trials, trialsMax);
}

/**
 * Whether an order of the nodes decides anything on so many slots, and the simulation of a search is about what would happen: one
 * task a node, which needs a slot and nothing else. Programs that ask for an order of their own are left alone.
 */
export function isSearchable(plan: PlanGraph, strategy: Strategy, slots: number, asked: boolean): boolean {
  if (strategies[strategy].order !== 'bottomLevel' && (asked || strategy !== 'parallel')) return false;
  const { nodes } = plan;
  if (nodes.length > searchedNodesMax || slots >= nodes.length) return false;
  if (nodes.some(({ kind, forEach, gated }) => kind === 'wait' || forEach !== undefined || gated)) return false;
  return widthOf(plan) > slots;
}

/** What was found, to be kept; undefined when the order of the strategy itself is as good. */
export function scheduleOf(
  plan: PlanGraph,
  strategy: Strategy,
  slots: number,
  { ranking, makespan, reason }: SearchedSchedule,
): Schedule | undefined {
  const own = rankNodes(plan, strategy);
  const plainMakespan = new ListSimulator(plan, plan.durations, slots).makespan(own.rankOf, own.nodeAt);
  if (makespan >= plainMakespan) return undefined;
  return { order: [...ranking.nodeAt], strategy, slots, makespan, plainMakespan, reason };
}

/** Of which size of change on a schedule is searched for anew: a factor, of nodes that take at least a share of the whole. */
const movedFactor = 1.25;
const movedShare = 0.01;

/** Whether durations by node index are so far from those a schedule was found for that another may be better now. */
export function haveMoved(before: Float64Array, now: Float64Array, makespan: number): boolean {
  if (before === now) return false;
  return now.some((duration, node) => {
    const [less, more] = [Math.min(duration, before[node] ?? 0), Math.max(duration, before[node] ?? 0)];
    return more > movedShare * makespan && more > movedFactor * less;
  });
}

/** Nodes on the widest level: at least so many can be ready together. */
function widthOf({ levels, depth }: PlanGraph): number {
  const widths = new Uint32Array(depth);
  let widest = 0;
  for (const level of levels) {
    const width = (widths[level] ?? 0) + 1;
    widths[level] = width;
    widest = Math.max(widest, width);
  }
  return widest;
}
