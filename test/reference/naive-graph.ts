import type { EdgeList } from '../../src/kernel/edge-list.ts';

/** Slow, recursive and obvious: what the kernels must agree with on small graphs. */
export class NaiveGraph {
  readonly successors: readonly (readonly number[])[];

  constructor({ nodes, from, to }: EdgeList) {
    const successors: number[][] = Array.from({ length: nodes }, () => []);
    from.forEach((source, edge) => successors[source]?.push(to[edge] as number));
    this.successors = successors;
  }

  /** Longest number of edges that lead to each node; null when there is a cycle. */
  levels(): number[] | null {
    const levels = this.successors.map(() => 0);
    for (let round = 0; round <= levels.length; round++) {
      let changed = false;
      this.successors.forEach((targets, node) => {
        for (const target of targets) {
          const level = (levels[node] as number) + 1;
          if ((levels[target] as number) >= level) continue;
          levels[target] = level;
          changed = true;
        }
      });
      if (!changed) return levels;
    }
    return null;
  }

  /** Longest way from the start of a node to the end of a sink. */
  bottomLevel(node: number, durations: Float64Array): number {
    const below = (this.successors[node] ?? []).map((target) => this.bottomLevel(target, durations));
    return (durations[node] as number) + Math.max(0, ...below);
  }

  hasEdge(from: number, to: number): boolean {
    return this.successors[from]?.includes(to) ?? false;
  }
}
