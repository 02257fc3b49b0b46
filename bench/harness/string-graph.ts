import type { BenchGraph } from './graphs.ts';

/** The same graph as people write it: objects and pairs of ids. */
export interface StringGraph {
  readonly nodes: readonly { readonly id: string; readonly duration: number }[];
  readonly edges: readonly (readonly [from: string, to: string])[];
}

export function withIds({ nodes, from, to, durations }: BenchGraph): StringGraph {
  const id = (node: number) => `task-${node}`;
  return {
    nodes: Array.from({ length: nodes }, (_, node) => ({ id: id(node), duration: durations[node] ?? 0 })),
    // Every mention is a string of its own, as after JSON.parse.
    edges: JSON.parse(JSON.stringify(Array.from(from, (source, edge) => [id(source), id(to[edge] ?? 0)]))),
  };
}
