import { HeddleError } from '../errors.ts';
import { ListSimulator } from './list-simulator.ts';
import type { PlanGraph } from './plan-graph.ts';
import { priorityRules } from './priority-rules.ts';
import type { Ranking } from './ranking.ts';
import { seeded } from './seeded.ts';

export interface SearchOptions {
  /** Tasks at once, 1 or more. */
  readonly slots: number;
  /** Schedules to try at most; each costs about as much as the plan itself. No clock is looked at. */
  readonly trials: number;
  /** By node index, in the unit of the answer; those of the plan when absent. */
  readonly durations?: Float64Array;
  readonly seed?: number;
}

export interface SearchedSchedule {
  /** The order in which ready nodes should start. */
  readonly ranking: Ranking;
  /** What the simulation says it takes, in the unit of the durations. */
  readonly makespan: number;
  /** No schedule takes less: the critical path, or the work over the slots. */
  readonly lowerBound: number;
  /** Of the rule to beat, the longest way to the end first. */
  readonly plainMakespan: number;
  readonly trials: number;
  /** What the best goes by, in words. */
  readonly rule: string;
  /** One sentence for people. */
  readonly reason: string;
}

/** How much a priority is changed at the most, as a share of the largest; it falls to a tenth of that as trials are used up. */
const spread = 0.5;

/**
 * Looks for an order of the ready nodes that ends sooner than the longest way first: several rules, then random changes to
 * the priorities of the best so far, each tried out by simulation (list scheduling with perturbed priorities; the idea of
 * problem-space search, Storer et al. 1992). Never worse than the plain rule, the same for the same seed and number of trials,
 * and over as soon as the lower bound is reached. It may be stopped after any trial: whoever has a clock looks at it between.
 *
 * O(trials · (n log n + e)).
 */
export class ScheduleSearch {
  readonly #plan: PlanGraph;
  readonly #durations: Float64Array;
  readonly #trialsMax: number;
  readonly #simulator: ListSimulator;
  readonly #lowerBound: number;
  readonly #random: () => number;
  #best: Candidate | null = null;
  #plainMakespan = 0;
  #tried = 0;

  /** @throws BAD_SCHEMA for slots or trials below 1 */
  constructor(plan: PlanGraph, { slots, trials, durations = plan.durations, seed = 1 }: SearchOptions) {
    if (!(slots >= 1) || !(trials >= 1)) {
      const message = `a search needs at least one slot and one trial, not ${slots} and ${trials}`;
      throw new HeddleError({ code: 'BAD_SCHEMA', message });
    }
    this.#plan = plan;
    this.#durations = durations;
    this.#trialsMax = trials;
    this.#simulator = new ListSimulator(plan, durations, slots);
    this.#lowerBound = boundOf(plan, durations, slots);
    this.#random = seeded(seed);
  }

  /** Whether there is nothing more to try. */
  get over(): boolean {
    return this.#tried >= this.#trialsMax || reached(this.#best, this.#lowerBound);
  }

  /** Tries so many schedules more, or what is left of them. */
  run(trials: number): void {
    for (let left = trials; left > 0 && !this.over; left--) this.#tryNext();
  }

  /** The best so far; at least one schedule must have been tried. */
  found(): SearchedSchedule {
    const { ranking, makespan, name } = this.#best ?? none();
    const [lowerBound, plainMakespan, trials] = [this.#lowerBound, this.#plainMakespan, this.#tried];
    const reason = explain(name, makespan, plainMakespan, lowerBound, trials);
    return { ranking, makespan, lowerBound, plainMakespan, trials, rule: name, reason };
  }

  #tryNext(): void {
    const rule = priorityRules[this.#tried];
    if (rule !== undefined) {
      this.#attempt(rule.name, rule.priorities(this.#plan, this.#durations));
      return;
    }
    const from = this.#best ?? none();
    const share = spread * (1 - (0.9 * this.#tried) / this.#trialsMax);
    this.#attempt(named(from.name), perturbed(from.priorities, share, this.#random));
  }

  #attempt(name: string, priorities: Float64Array): void {
    const ranking = rankBy(this.#plan, priorities);
    const makespan = this.#simulator.makespan(ranking.rankOf, ranking.nodeAt);
    if (this.#tried++ === 0) this.#plainMakespan = makespan;
    if (this.#best === null || makespan < this.#best.makespan) this.#best = { name, priorities, ranking, makespan };
  }
}

/** {@link ScheduleSearch} to its end. @throws BAD_SCHEMA for slots or trials below 1 */
export function searchSchedule(plan: PlanGraph, options: SearchOptions): SearchedSchedule {
  const search = new ScheduleSearch(plan, options);
  search.run(options.trials);
  return search.found();
}

interface Candidate {
  readonly name: string;
  readonly priorities: Float64Array;
  readonly ranking: Ranking;
  readonly makespan: number;
}

/** Sums in another order round differently. */
const rounding = 1e-12;
const reached = (best: Candidate | null, bound: number): boolean =>
  best !== null && best.makespan <= bound * (1 + rounding);

function boundOf({ order, dependents }: PlanGraph, durations: Float64Array, slots: number): number {
  const ends = new Float64Array(order.length);
  let [work, critical] = [0, 0];
  for (const node of order) {
    const end = (ends[node] ?? 0) + (durations[node] ?? 0);
    work += durations[node] ?? 0;
    critical = Math.max(critical, end);
    for (const next of dependents[node] ?? []) ends[next] = Math.max(ends[next] ?? 0, end);
  }
  return Math.max(critical, work / slots);
}

/** By the priority the program gives, then by ours; ties go to the lower index. */
function rankBy({ nodes }: PlanGraph, priorities: Float64Array): Ranking {
  const nodeAt = Uint32Array.from(nodes, ({ index }) => index).sort(
    (a, b) =>
      (nodes[b]?.priority ?? 0) - (nodes[a]?.priority ?? 0) || (priorities[b] ?? 0) - (priorities[a] ?? 0) || a - b,
  );
  const rankOf = new Uint32Array(nodeAt.length);
  nodeAt.forEach((node, rank) => {
    rankOf[node] = rank;
  });
  return { rankOf, nodeAt };
}

/** How many nodes are changed in one go: all, some, or a few; which of these is drawn, as is how far they move. */
const chances = [1, 0.3, 0.05] as const;

function perturbed(priorities: Float64Array, share: number, random: () => number): Float64Array {
  const most = priorities.reduce((largest, each) => Math.max(largest, Math.abs(each)), 0);
  const chance = chances[Math.floor(random() * chances.length)] ?? 1;
  const reach = share * most * random();
  return priorities.map((priority) => (random() < chance ? priority + (2 * random() - 1) * reach : priority));
}

const changed = ', changed by chance';
const named = (name: string): string => (name.endsWith(changed) ? name : name + changed);

function explain(name: string, makespan: number, plain: number, bound: number, trials: number): string {
  const found = `of ${trials} schedules the best goes by: ${name}`;
  if (makespan <= bound * (1 + rounding)) return `${found}; none can end sooner.`;
  const gain = ((1 - makespan / plain) * 100).toFixed(1);
  const gap = ((makespan / bound - 1) * 100).toFixed(1);
  return `${found}; ${gain} % sooner than the longest way first, at most ${gap} % later than any schedule can be.`;
}

function none(): never {
  throw new HeddleError({ code: 'INVARIANT', message: 'a search ended without a single schedule' });
}
