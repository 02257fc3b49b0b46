import { getFourU32, getU32 } from './memory';
import { GRAPH_DEGREE_CHANGES, GRAPH_EDGES, GRAPH_NODES } from './shared/codes';

/**
 * Loops over the out-edges of a node end at a point the processor cannot guess when out-degrees vary: a wrong guess costs
 * as much as three edges. So edges are taken four at a time, and of the last four those that are not there are sent to
 * sentinels, places behind the nodes where whatever is done does no harm.
 */

/** Below so many nodes plain loops win. */
const NODES_MIN: u32 = 24;
/** From so many edges a node on, one wrong guess a node does not count. */
const DENSE: u32 = 8;

/** Whether it pays in this graph: not where out-degrees hardly change (chains, fans), nor in small ones. */
export function degreesVary(graph: usize): bool {
  const nodes = getU32(graph, GRAPH_NODES);
  return nodes > NODES_MIN && getU32(graph, GRAPH_DEGREE_CHANGES) > nodes >> 3;
}

export function isDense(graph: usize): bool {
  return getU32(graph, GRAPH_EDGES) >= getU32(graph, GRAPH_NODES) * DENSE;
}

/** The four targets from `edge` on, of which only the first `left` are edges. */
// @ts-ignore: decorator
@inline
export function fourTargets(targets: usize, edge: u32, left: i32, sentinel: u32): v128 {
  const lanes = i32x4(0, 1, 2, 3);
  const there = i32x4.gt_s(i32x4.splat(left), lanes);
  return v128.bitselect(getFourU32(targets, edge), i32x4.add(i32x4.splat(sentinel), lanes), there);
}
