import type { EdgeList } from '../../src/kernel/edge-list.ts';

export const sizes = [10, 100, 1_000, 10_000, 100_000, 1_000_000] as const;
export const tasks = ['plan', 'queue'] as const;
export type Task = (typeof tasks)[number];

export const taskTitles: Readonly<Record<Task, string>> = {
  plan: 'Plan: order, levels, critical path',
  queue: 'Schedule: every node through the ready queue',
};

export const taskAbouts: Readonly<Record<Task, string>> = {
  plan: 'From a list of edges, which every rival brings into its own form each time.',
  queue: 'A queue that stays in memory, one call per completion.',
};

/** A graph of work with durations, the same numbers for every rival. */
export interface Workload {
  readonly edges: EdgeList;
  /** One per node, in ms. */
  readonly durations: Float64Array;
}

/** One task on the graphs of one size. */
export interface Work {
  /** Does it once. @param graph its place among the workloads @returns the makespan in ms, or how many nodes were taken */
  run(graph: number): number;
  /** The nodes in the order the last run came to. */
  nodes(): ArrayLike<number>;
}

export interface Prepared extends Readonly<Record<Task, Work>> {
  /** Frees what the garbage collector does not see. */
  release?(): void;
}

export interface Rival {
  readonly name: string;
  /** Everything that stays in memory from one run to the next; not measured. */
  prepare(workloads: readonly Workload[]): Prepared;
}

const graphsMax = 64;
const nodesInAll = 60_000;

/** Graphs of one size that take turns: of one graph alone the processor learns every branch. */
export function createWorkloads(nodes: number): readonly Workload[] {
  const graphs = Math.max(1, Math.min(graphsMax, Math.floor(nodesInAll / nodes)));
  return Array.from({ length: graphs }, (_, graph) => createWorkload(nodes, nodes + graph));
}

/** A random acyclic graph of `nodes` nodes, about two edges to each from those at most 1,000 before it; the same every time. */
function createWorkload(nodes: number, seed: number): Workload {
  const random = seeded(seed);
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
