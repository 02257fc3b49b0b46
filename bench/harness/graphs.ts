import { SeededRandom } from '../../src/testing/seeded-random.ts';

/** A graph by integers, with a duration for every node. */
export interface BenchGraph {
  readonly nodes: number;
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  readonly durations: Float64Array;
}

export type Shape = 'layered' | 'shuffled' | 'chain' | 'fan' | 'dense' | 'dense-by-target';

/**
 * - `layered`: layers of about √n nodes, each node on 3 of the two layers before (in-degree 3, out-degrees vary)
 * - `shuffled`: the same with node numbers and the order of edges drawn at random
 * - `chain`: one after another
 * - `fan`: one to all, all to one
 * - `dense`: every node on every earlier one, edges listed source by source; `dense-by-target`: target by target
 */
export function makeGraph(shape: Shape, nodes: number, seed: number): BenchGraph {
  const random = new SeededRandom(seed);
  const edges = edgesOf(shape, nodes, random);
  const from = Uint32Array.from(edges.from);
  const to = Uint32Array.from(edges.to);
  if (shape === 'shuffled') shuffle(nodes, from, to, random);
  const durations = Float64Array.from({ length: nodes }, () => 1 + Math.floor(random.next() * 1000) / 10);
  return { nodes, from, to, durations };
}

export function edgeCount(shape: Shape, nodes: number): number {
  if (shape === 'chain') return nodes - 1;
  if (shape === 'fan') return 2 * (nodes - 2);
  return shape.startsWith('dense') ? (nodes * (nodes - 1)) / 2 : 3 * nodes;
}

function edgesOf(shape: Shape, nodes: number, random: SeededRandom): { from: number[]; to: number[] } {
  const from: number[] = [];
  const to: number[] = [];
  const add = (a: number, b: number) => {
    from.push(a);
    to.push(b);
  };
  if (shape === 'chain') for (let node = 1; node < nodes; node++) add(node - 1, node);
  else if (shape === 'fan') {
    for (let node = 1; node < nodes - 1; node++) add(0, node);
    for (let node = 1; node < nodes - 1; node++) add(node, nodes - 1);
  } else if (shape === 'dense') {
    for (let node = 0; node < nodes; node++) for (let after = node + 1; after < nodes; after++) add(node, after);
  } else if (shape === 'dense-by-target') {
    for (let node = 1; node < nodes; node++) for (let before = 0; before < node; before++) add(before, node);
  } else {
    const width = Math.max(2, Math.round(Math.sqrt(nodes)));
    for (let node = width; node < nodes; node++) {
      const layer = Math.floor(node / width);
      const first = Math.max(0, layer - 2) * width;
      for (let edge = 0; edge < 3; edge++) add(random.int(first, layer * width - 1), node);
    }
  }
  return { from, to };
}

function shuffle(nodes: number, from: Uint32Array, to: Uint32Array, random: SeededRandom): void {
  const name = Uint32Array.from({ length: nodes }, (_, node) => node);
  for (let node = nodes - 1; node > 0; node--) swap(name, node, random.int(0, node));
  for (let edge = from.length - 1; edge >= 0; edge--) {
    const other = random.int(0, edge);
    swap(from, edge, other);
    swap(to, edge, other);
  }
  for (let edge = 0; edge < from.length; edge++) {
    from[edge] = name[from[edge] ?? 0] ?? 0;
    to[edge] = name[to[edge] ?? 0] ?? 0;
  }
}

function swap(array: Uint32Array, a: number, b: number): void {
  const kept = array[a] ?? 0;
  array[a] = array[b] ?? 0;
  array[b] = kept;
}
