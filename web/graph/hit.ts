import type { Plan } from '../../src/plan/plan.ts';
import type { Geometry, Point } from './geometry.ts';
import type { Layout } from './layout.ts';

/** The node at a point of the picture; -1 when there is none. */
export function nodeAt(plan: Plan, geometry: Geometry, { x, y }: Point): number {
  return plan.nodes.findIndex((_, node) => {
    const { box } = geometry;
    const place = geometry.place(node);
    return x >= place.x && y >= place.y && x <= place.x + box.width && y <= place.y + box.height;
  });
}

/** From a node along an edge, or to its neighbour in the level; where there is none, it stays. */
export function walk(
  plan: Plan,
  { rows, along: levels, across }: Layout,
  from: number,
  along: number,
  side: number,
): number {
  if (from < 0) return plan.order[0] ?? -1;
  if (side !== 0) {
    const row = rows[levels[from] ?? 0] ?? [];
    return row[row.indexOf(from) + side] ?? from;
  }
  const neighbours = (along > 0 ? plan.dependents : plan.dependencies)[from] ?? [];
  const distance = (node: number): number => Math.abs((across[node] ?? 0) - (across[from] ?? 0));
  return neighbours.reduce((best, node) => (best === from || distance(node) < distance(best) ? node : best), from);
}
