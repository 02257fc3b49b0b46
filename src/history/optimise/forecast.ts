import type { GraphKernel } from '../../kernel/kernel.ts';
import { createPlan, type Plan } from '../../plan/plan.ts';
import { strategies } from '../../plan/strategy.ts';
import { type Amounts, amountsOf } from '../../policy/amounts.ts';
import type { Program, ProgramNode } from '../../program/program.ts';
import { type Job, listSchedule, type Scheduled } from '../list-schedule.ts';
import type { NodeProfile, Profile } from '../profile.ts';

/** Tasks of a forEach node that are scheduled one by one; of more, each stands for several. */
const tasksMax = 1000;

/** Foretells how long a program takes, by scheduling it with the durations of its profile. */
export class Forecast {
  readonly #jobs: readonly Job[];
  readonly #unweighted: Plan;
  readonly #weighted: Plan;
  readonly #capacity: Amounts | undefined;

  /** @param capacity of the host's resources; without it, claims hold nobody up */
  constructor(program: Program, profile: Profile, kernel: GraphKernel, capacity?: Readonly<Record<string, number>>) {
    this.#capacity = capacity === undefined ? undefined : amountsOf(capacity);
    const ids = Object.keys(program.nodes);
    const knownOf = (id: string): NodeProfile | undefined =>
      Object.hasOwn(profile.nodes, id) ? profile.nodes[id] : undefined;
    this.#jobs = Object.entries(program.nodes).map(([id, node]) => jobOf(node, knownOf(id)));
    this.#unweighted = createPlan(program, kernel);
    this.#weighted = createPlan(
      program,
      kernel,
      Float64Array.from(ids, (id) => knownOf(id)?.spanMeanMs ?? 0),
    );
  }

  /** Time in tasks, however many run at once. */
  get workMs(): number {
    return this.#jobs.reduce((sum, { tasks, taskMs }) => sum + tasks * taskMs, 0);
  }

  /** What the strategy of the program leaves of so many slots of a host. */
  slotsOf(slots: number, concurrency = Number.POSITIVE_INFINITY): number {
    return Math.min(slots, concurrency, strategies[this.#weighted.strategy.strategy].slotsMax);
  }

  /** @param learned whether the plan has the weights of the profile, or none */
  makespanMs(slots: number, learned: boolean): number {
    return this.#schedule(slots, learned).makespanMs;
  }

  /** How many of so many slots are ever taken at once, with the weights of the profile. */
  slotsUsed(slots: number): number {
    return this.#schedule(slots, true).slotsUsed;
  }

  #schedule(slots: number, learned: boolean): Scheduled {
    const plan = learned ? this.#weighted : this.#unweighted;
    return listSchedule(plan, this.#jobs, plan.strategy.strategy, slots, this.#capacity);
  }
}

/** A node that was never seen to run takes nothing. */
function jobOf({ forEach, resources }: ProgramNode, known: NodeProfile | undefined): Job {
  if (known === undefined || known.runs === 0) return { tasks: 0, taskMs: 0 };
  const claims = resources === undefined ? {} : { claims: amountsOf(resources) };
  // A node's own span has its retries and the waits between them in it.
  if (forEach === undefined) return { tasks: 1, taskMs: known.spanMeanMs, ...claims };
  const each = Math.max(1, Math.round(known.runs / known.executions));
  const tasks = Math.min(each, tasksMax);
  const taskMs = (known.meanMs * (known.attempts / known.runs) * each) / tasks;
  return { tasks, taskMs, maxParallel: forEach.maxParallel, ...claims };
}
