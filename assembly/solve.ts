import { bottomLevels } from './bottom-levels';
import { build } from './build';
import { getF64, getTwoF64, getU32, setU32 } from './memory';
import { analyse } from './order';
import { walkPath } from './paths';
import { ALL_GOOD, BAD_DURATION, BAD_EDGE, GRAPH_DURATIONS, GRAPH_EDGES, GRAPH_NODES, HAS_CYCLE } from './shared/codes';

/**
 * Everything a plan needs of the graph that lies in FROM, TO and DURATIONS, in one call: order, levels, bottom levels and the
 * critical path, which is left in OUT. The slab may be larger than the graph.
 *
 * O(n + e). @returns the number of levels, HAS_CYCLE with a cycle in OUT, BAD_EDGE or BAD_DURATION
 */
export function solve(graph: usize, nodes: u32, edges: u32): i32 {
  setU32(graph, GRAPH_NODES, nodes);
  setU32(graph, GRAPH_EDGES, edges);
  if (!areWeights(getU32(graph, GRAPH_DURATIONS), nodes)) return BAD_DURATION;
  if (build(graph) != ALL_GOOD) return BAD_EDGE;
  const depth = analyse(graph);
  if (depth == HAS_CYCLE) return HAS_CYCLE;
  bottomLevels(graph);
  walkPath(graph);
  return depth;
}

/** Whether all are finite and 0 or more. */
function areWeights(weights: usize, nodes: u32): bool {
  const none = f64x2.splat(0);
  const endless = f64x2.splat(Infinity);
  let good = i32x4.splat(-1);
  const whole = nodes & ~1;
  for (let node: u32 = 0; node < whole; node += 2) {
    const two = getTwoF64(weights, node);
    good = v128.and(good, v128.and(f64x2.ge(two, none), f64x2.lt(two, endless)));
  }
  const last = nodes == whole ? 0 : getF64(weights, nodes - 1);
  return i32x4.all_true(good) && last >= 0 && last < Infinity;
}
