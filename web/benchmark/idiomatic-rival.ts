import type { Rival, Workload } from './workload.ts';

interface Step {
  readonly id: number;
  readonly durationMs: number;
  readonly after: Step[];
  readonly before: Step[];
}

/** The same work as most people would write it: objects that hold each other, Maps, arrays that grow and are sorted. */
export const idiomaticRival: Rival = {
  name: 'idiomatic JS',
  prepare(workloads) {
    let order: readonly Step[] = [];
    const plan = (graph: number): number => {
      order = sorted(toSteps(workloads[graph] as Workload));
      return makespanOf(remaining(order));
    };
    const programs = workloads.map((workload) => {
      const steps = toSteps(workload);
      return { steps, rest: remaining(sorted(steps)) };
    });
    let taken: readonly number[] = [];
    const queue = (graph: number): number => {
      taken = driven(programs[graph] as Program);
      return taken.length;
    };
    return {
      plan: { run: plan, nodes: () => order.map(({ id }) => id) },
      queue: { run: queue, nodes: () => taken },
    };
  },
};

interface Program {
  readonly steps: readonly Step[];
  readonly rest: ReadonlyMap<Step, number>;
}

function toSteps({ edges, durations }: Workload): readonly Step[] {
  const steps = Array.from(durations, (durationMs, id): Step => ({ id, durationMs, after: [], before: [] }));
  for (let edge = 0; edge < edges.from.length; edge++) {
    const [from, to] = [steps[edges.from[edge] ?? 0], steps[edges.to[edge] ?? 0]] as [Step, Step];
    from.after.push(to);
    to.before.push(from);
  }
  return steps;
}

/** Kahn's algorithm, level by level. */
function sorted(steps: readonly Step[]): readonly Step[] {
  const missing = new Map(steps.map((step) => [step, step.before.length]));
  let level = steps.filter((step) => step.before.length === 0);
  const order: Step[] = [];
  while (level.length > 0) {
    for (const step of level) order.push(step);
    const next: Step[] = [];
    for (const step of level) {
      for (const follower of step.after) {
        const left = (missing.get(follower) ?? 0) - 1;
        missing.set(follower, left);
        if (left === 0) next.push(follower);
      }
    }
    level = next.sort((a, b) => a.id - b.id);
  }
  return order;
}

/** How long each step and all that must follow it take. */
function remaining(order: readonly Step[]): ReadonlyMap<Step, number> {
  const rest = new Map<Step, number>();
  for (const step of order.toReversed()) {
    let longest = 0;
    for (const follower of step.after) longest = Math.max(longest, rest.get(follower) ?? 0);
    rest.set(step, step.durationMs + longest);
  }
  return rest;
}

function makespanOf(rest: ReadonlyMap<Step, number>): number {
  let most = 0;
  for (const ms of rest.values()) most = Math.max(most, ms);
  return most;
}

function driven({ steps, rest }: Program): readonly number[] {
  const missing = new Map(steps.map((step) => [step, step.before.length]));
  const ready = new Heap<Step>((a, b) => (rest.get(b) ?? 0) - (rest.get(a) ?? 0) || a.id - b.id);
  for (const step of steps) if (step.before.length === 0) ready.push(step);
  const taken: number[] = [];
  for (let step = ready.pop(); step !== undefined; step = ready.pop()) {
    taken.push(step.id);
    for (const follower of step.after) {
      const left = (missing.get(follower) ?? 0) - 1;
      missing.set(follower, left);
      if (left === 0) ready.push(follower);
    }
  }
  return taken;
}

/** A binary heap (Williams 1964), the least first. */
class Heap<T> {
  readonly #items: T[] = [];
  readonly #compare: (a: T, b: T) => number;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  push(item: T): void {
    const items = this.#items;
    items.push(item);
    for (let index = items.length - 1; index > 0; ) {
      const parent = (index - 1) >> 1;
      if (!this.#swapWhenLess(index, parent)) return;
      index = parent;
    }
  }

  pop(): T | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop() as T;
    if (items.length === 0) return first;
    items[0] = last;
    for (let index = 0; ; ) {
      const [left, right] = [2 * index + 1, 2 * index + 2];
      const child = right < items.length && this.#isLess(right, left) ? right : left;
      if (child >= items.length || !this.#swapWhenLess(child, index)) return first;
      index = child;
    }
  }

  #isLess(a: number, b: number): boolean {
    return this.#compare(this.#items[a] as T, this.#items[b] as T) < 0;
  }

  #swapWhenLess(a: number, b: number): boolean {
    if (!this.#isLess(a, b)) return false;
    const items = this.#items;
    [items[a], items[b]] = [items[b] as T, items[a] as T];
    return true;
  }
}
