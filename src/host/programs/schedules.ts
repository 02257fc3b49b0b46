import type { ExecutionOptions } from '../../engine/execution-options.ts';
import type { Plan } from '../../plan/plan.ts';
import { haveMoved, isSearchable, type Schedule, scheduleOf, trialsWithin } from '../../plan/schedule.ts';
import { ScheduleSearch } from '../../plan/search-schedule.ts';
import { strategies } from '../../plan/strategy.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ModuleRunner } from '../../ports/module-runner.ts';
import type { Program, Strategy } from '../../program/program.ts';
import type { PlanningHome } from './plan-of.ts';

/** What a program is expected to take has to be known, and of it so much may go into looking for a better order. */
const defaultShare = 0.01;
const defaultMsMax = 20;

/** How often the clock is looked at: a search may be over its budget by that share of it. */
const looks = 20;

interface Searched {
  readonly plan: Plan;
  readonly strategy: Strategy;
  readonly slots: number;
  readonly budgetMs: number;
  /** undefined: nothing better was found. */
  readonly schedule: Schedule | undefined;
}

/** What schedules are searched with (home.ts). */
interface SchedulingHome extends PlanningHome {
  readonly clock: Clock;
  readonly runner: ModuleRunner;
}

/**
 * Looks for better orders of ready nodes before executions start. How many are tried follows from the budget and the plan
 * (`plan/schedule`); the clock only cuts that short where it takes longer than it should. What is found goes into the first
 * event of the execution, so that a replay never searches.
 */
export class Schedules {
  readonly #home: SchedulingHome;
  readonly #searched = new WeakMap<Program, Searched>();

  constructor(home: SchedulingHome) {
    this.#home = home;
  }

  /**
   * @param plan with what is known of its durations
   * @param learnt whether something is
   * @returns undefined when the order of the strategy is as good as any that was found, or nothing was to be searched for
   */
  find(plan: Plan, learnt: boolean, options: ExecutionOptions, givenMs?: number): Schedule | undefined {
    const { program, weights } = plan;
    const known = learnt || this.#home.weigh !== undefined;
    const budgetMs = givenMs ?? (known ? Math.min(defaultMsMax, weights.makespan * defaultShare) : 0);
    if (budgetMs === 0) return undefined;
    const asked = options.strategy ?? program.strategy;
    const strategy = asked ?? plan.strategy.strategy;
    const concurrency = options.concurrency ?? program.limits?.concurrency ?? Number.POSITIVE_INFINITY;
    const slots = Math.min(this.#home.runner.slots, concurrency, strategies[strategy].slotsMax);
    const before = this.#searched.get(program);
    if (before !== undefined && before.strategy === strategy && before.slots === slots && before.budgetMs >= budgetMs) {
      if (!haveMoved(before.plan.durations, plan.durations, weights.makespan)) return before.schedule;
    }
    const searchable = isSearchable(plan, strategy, slots, asked !== undefined);
    const schedule = searchable ? this.#search(plan, strategy, slots, budgetMs) : undefined;
    this.#searched.set(program, { plan, strategy, slots, budgetMs, schedule });
    return schedule;
  }

  #search(plan: Plan, strategy: Strategy, slots: number, budgetMs: number): Schedule | undefined {
    const trials = trialsWithin(plan, budgetMs);
    if (trials === 0) return undefined;
    const { clock } = this.#home;
    const search = new ScheduleSearch(plan, { slots, trials });
    const untilMs = clock.now() + budgetMs;
    do search.run(Math.ceil(trials / looks));
    while (!search.over && clock.now() < untilMs);
    return scheduleOf(plan, strategy, slots, search.found());
  }
}
