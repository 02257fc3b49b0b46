import type { PlanGraph } from './plan-graph.ts';

/** A way to say which of the ready nodes goes first: one number per node, the larger first. */
export interface PriorityRule {
  readonly name: string;
  readonly priorities: (plan: PlanGraph, durations: Float64Array) => Float64Array;
}

/** Known rules of list scheduling; the first is the one to beat, and wins ties. */
export const priorityRules: readonly PriorityRule[] = [
  { name: 'longest way to the end first', priorities: (plan, durations) => bottomLevels(plan, durations) },
  { name: 'most work behind it first', priorities: (plan, durations) => workBehind(plan, durations) },
  { name: 'most steps to the end first', priorities: (plan) => bottomLevels(plan, ones(plan)) },
  { name: 'longest task first', priorities: (_, durations) => durations },
  { name: 'longest way, then most dependents', priorities: (plan, durations) => wayAndDependents(plan, durations) },
  { name: 'order of the file', priorities: (plan) => Float64Array.from(plan.nodes, ({ index }) => -index) },
];

/** Longest way from the start of a node to the end of a sink, its own duration included (Hu 1961, HEFT's upward rank). */
function bottomLevels({ order, dependents }: PlanGraph, durations: Float64Array): Float64Array {
  const levels = new Float64Array(order.length);
  for (let position = order.length - 1; position >= 0; position--) {
    const node = order[position] ?? 0;
    let longest = 0;
    for (const next of dependents[node] ?? []) longest = Math.max(longest, levels[next] ?? 0);
    levels[node] = longest + (durations[node] ?? 0);
  }
  return levels;
}

/** The sum over dependents of what lies behind them, shared among those they wait for: of a fan, its whole width. */
function workBehind({ order, dependents, dependencies }: PlanGraph, durations: Float64Array): Float64Array {
  const work = new Float64Array(order.length);
  for (let position = order.length - 1; position >= 0; position--) {
    const node = order[position] ?? 0;
    let behind = 0;
    for (const next of dependents[node] ?? []) behind += (work[next] ?? 0) / (dependencies[next]?.length ?? 1);
    work[node] = behind + (durations[node] ?? 0);
  }
  return work;
}

/** Among ways that hardly differ (1 %), the node that makes more others ready. */
function wayAndDependents(plan: PlanGraph, durations: Float64Array): Float64Array {
  const levels = bottomLevels(plan, durations);
  const step = levels.reduce((most, level) => Math.max(most, level), 0) / 100 || 1;
  const widest = plan.dependents.reduce((most, of) => Math.max(most, of.length), 1);
  return levels.map((level, node) => Math.round(level / step) + (plan.dependents[node]?.length ?? 0) / (widest + 1));
}

const ones = (plan: PlanGraph): Float64Array => new Float64Array(plan.nodes.length).fill(1);
