import type { EdgeList } from '../../src/kernel/edge-list.ts';

export const sizes = [10, 100, 1_000, 10_000, 100_000, 1_000_000] as const;
export const tasks = ['plan', 'queue'] as const;
export type Task = (typeof tasks)[number];

export const taskTitles: Readonly<Record<Task, string>> = {
  plan: 'Plan: order, levels, critical path',
  queue: 'Schedule: every node through the ready queue',
};

/** A graph of work with durations, the same numbers for every rival. */
export interface Workload {
  readonly edges: EdgeList;
  /** One per node, in ms. */
  readonly durations: Float64Array;
}

/** What a rival computed, so short that it can be compared, and only equal when everything was. */
export interface Outcome {
  readonly makespanMs: number;
  readonly checksum: number;
}

export interface Rival {
  readonly name: string;
  /** Brings the workload into the form this rival works on; not measured. */
  prepare(workload: Workload): Readonly<Record<Task, () => Outcome>>;
}

/** A random acyclic graph of `nodes` nodes, about two edges to each from those at most 1,000 before it; the same every time. */
export function createWorkload(nodes: number): Workload {
  const random = seeded(nodes);
  const from: number[] = [];
  const to: number[] = [];
  for (let node = 1; node < nodes; node++) {
    const count = 1 + Math.floor(random() * 3);
    for (let each = 0; each < count; each++) {
      from.push(node - 1 - Math.floor(random() * Math.min(node, 1000)));
      to.push(node);
    }
  }
  const durations = Float64Array.from({ length: nodes }, () => 1 + Math.floor(random() * 100));
  return { edges: { nodes, from: Uint32Array.from(from), to: Uint32Array.from(to) }, durations };
}

/** Order matters: two sequences of the same numbers in another order differ. */
export function checksumOf(numbers: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < numbers.length; index++) sum = (Math.imul(sum, 31) + (numbers[index] ?? 0)) | 0;
  return sum;
}

/** Mulberry32 (Ettinger). */
function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
