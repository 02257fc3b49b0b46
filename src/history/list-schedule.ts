import { RankSet } from '../kernel/rank-set.ts';
import type { Plan } from '../plan/plan.ts';
import { rankNodes } from '../plan/ranking.ts';
import { type Amounts, firstLacking, sum, without } from '../policy/amounts.ts';
import type { Strategy } from '../program/program.ts';
import { EndHeap } from './end-heap.ts';

/** What a node is expected to be: so many tasks of so many ms each, at most so many at once. No tasks: it takes nothing. */
export interface Job {
  readonly tasks: number;
  readonly taskMs: number;
  readonly maxParallel?: number | undefined;
  /** What each task holds while it runs. */
  readonly claims?: Amounts;
}

export interface Scheduled {
  readonly makespanMs: number;
  /** The most slots that were ever taken at once. */
  readonly slotsUsed: number;
}

/**
 * How long a plan takes on so many slots when, as the engine does, a free slot always takes the first ready task in the
 * order of the strategy (list scheduling, Graham 1969). With `optimized` that is the one with the longest way to the end.
 *
 * @param jobs by node index
 * @param capacity of what jobs claim: what has no room waits, and what comes after it may pass; without it all have room
 */
export function listSchedule(
  plan: Plan,
  jobs: readonly Job[],
  strategy: Strategy,
  slots: number,
  capacity?: Amounts,
): Scheduled {
  return new Schedule(plan, jobs, strategy, slots, capacity).run();
}

class Schedule {
  readonly #plan: Plan;
  readonly #jobs: readonly Job[];
  readonly #ranking: ReturnType<typeof rankNodes>;
  readonly #ready: RankSet;
  readonly #ends = new EndHeap();
  readonly #unsettled: Uint32Array;
  readonly #started: Uint32Array;
  readonly #done: Uint32Array;
  #free: number;
  #room: Amounts | undefined;
  #taken = 0;
  #slotsUsed = 0;
  #nowMs = 0;

  constructor(plan: Plan, jobs: readonly Job[], strategy: Strategy, slots: number, capacity: Amounts | undefined) {
    this.#plan = plan;
    this.#jobs = jobs;
    this.#ranking = rankNodes(plan, strategy);
    this.#ready = new RankSet(plan.nodes.length);
    this.#unsettled = Uint32Array.from(plan.dependencies, (of) => of.length);
    this.#started = new Uint32Array(plan.nodes.length);
    this.#done = new Uint32Array(plan.nodes.length);
    this.#free = slots;
    this.#room = capacity;
  }

  run(): Scheduled {
    this.#open(this.#plan.nodes.flatMap(({ index }) => (this.#unsettled[index] === 0 ? [index] : [])));
    for (;;) {
      this.#startAll();
      const first = this.#ends.take();
      if (first === undefined) return { makespanMs: this.#nowMs, slotsUsed: this.#slotsUsed };
      this.#nowMs = first.endMs;
      this.#end(first.node);
      // All that ends now is over before anything is started, so that the best of what it makes ready goes first.
      while (this.#ends.firstMs === this.#nowMs) this.#end(this.#ends.take()?.node ?? 0);
    }
  }

  #startAll(): void {
    const waiting: number[] = [];
    for (let rank = this.#ready.first(); this.#free > 0 && rank >= 0; rank = this.#ready.first()) {
      const node = this.#ranking.nodeAt[rank] ?? 0;
      if (!this.#claim(node)) {
        waiting.push(rank);
        this.#ready.delete(rank);
        continue;
      }
      this.#free--;
      this.#slotsUsed = Math.max(this.#slotsUsed, ++this.#taken);
      this.#started[node] = of(this.#started, node) + 1;
      this.#ends.add(this.#nowMs + (this.#jobs[node]?.taskMs ?? 0), node);
      if (!this.#mayStart(node)) this.#ready.delete(rank);
    }
    for (const rank of waiting) this.#ready.add(rank);
  }

  /** @returns false when there is no room for it now */
  #claim(node: number): boolean {
    const claims = this.#jobs[node]?.claims;
    if (this.#room === undefined || claims === undefined) return true;
    if (firstLacking(claims, this.#room) !== undefined) return false;
    this.#room = without(this.#room, claims);
    return true;
  }

  #end(node: number): void {
    this.#free++;
    this.#taken--;
    const claims = this.#jobs[node]?.claims;
    if (this.#room !== undefined && claims !== undefined) this.#room = sum([this.#room, claims]);
    this.#done[node] = of(this.#done, node) + 1;
    if (of(this.#done, node) === this.#jobs[node]?.tasks) this.#open(this.#settle(node));
    else if (this.#mayStart(node)) this.#ready.add(of(this.#ranking.rankOf, node));
  }

  #mayStart(node: number): boolean {
    const { tasks = 0, maxParallel = Number.POSITIVE_INFINITY } = this.#jobs[node] ?? {};
    const started = of(this.#started, node);
    return started < tasks && started - of(this.#done, node) < maxParallel;
  }

  /** Books the end of a node. @returns the nodes that wait for nothing any more */
  #settle(node: number): readonly number[] {
    return (this.#plan.dependents[node] ?? []).filter((dependent) => {
      this.#unsettled[dependent] = of(this.#unsettled, dependent) - 1;
      return this.#unsettled[dependent] === 0;
    });
  }

  /** A node without tasks is over as soon as it could begin, and so on along a chain of such: a list, not a recursion. */
  #open(nodes: readonly number[]): void {
    const open = [...nodes];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (this.#mayStart(node)) this.#ready.add(of(this.#ranking.rankOf, node));
      else open.push(...this.#settle(node));
    }
  }
}

const of = (array: Uint32Array, index: number): number => array[index] ?? 0;
