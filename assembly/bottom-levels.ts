import { looksAhead, OFFSETS_AHEAD, ROWS_AHEAD, touch } from './ahead';
import { degreesVary, fourTargets } from './masked';
import { getF64, getLaneF64, getU32, setF64 } from './memory';
import {
  GRAPH_BOTTOM_LEVELS,
  GRAPH_DURATIONS,
  GRAPH_NODES,
  GRAPH_NODES_MAX,
  GRAPH_OFFSETS,
  GRAPH_ORDER,
  GRAPH_TARGETS,
} from './shared/codes';

/**
 * Bottom levels in one sweep against the order: the longest way from the start of a node to the end of a sink. The maximum
 * is `pmax`, one instruction without a branch, right because the levels are finite and not negative.
 *
 * Needs the order of `analyse` and the durations. O(n + e)
 */
export function bottomLevels(graph: usize): void {
  if (!degreesVary(graph)) sweepPlain(graph);
  else if (looksAhead(getU32(graph, GRAPH_NODES))) sweepMaskedAhead(graph);
  else sweepMasked(graph);
}

function sweepPlain(graph: usize): void {
  const nodes = getU32(graph, GRAPH_NODES);
  const order: usize = getU32(graph, GRAPH_ORDER);
  const offsets: usize = getU32(graph, GRAPH_OFFSETS);
  const targets: usize = getU32(graph, GRAPH_TARGETS);
  const durations: usize = getU32(graph, GRAPH_DURATIONS);
  const levels: usize = getU32(graph, GRAPH_BOTTOM_LEVELS);
  for (let index = nodes; index > 0; index--) {
    const node = getU32(order, index - 1);
    const last = getU32(offsets, node + 1);
    let longest = f64x2.splat(0);
    for (let edge = getU32(offsets, node); edge < last; edge++) {
      longest = f64x2.pmax(longest, getLaneF64(levels, getU32(targets, edge)));
    }
    setF64(levels, node, f64x2.extract_lane(longest, 0) + getF64(durations, node));
  }
}

function sweepMasked(graph: usize): void {
  fourAtATime(graph, false);
}

function sweepMaskedAhead(graph: usize): void {
  fourAtATime(graph, true);
}

/** As sweepPlain, four edges at a time (masked.ts); twice, as in order.ts. */
// @ts-ignore: decorator
@inline
function fourAtATime(graph: usize, ahead: bool): void {
  const nodes = getU32(graph, GRAPH_NODES);
  const order: usize = getU32(graph, GRAPH_ORDER);
  const offsets: usize = getU32(graph, GRAPH_OFFSETS);
  const targets: usize = getU32(graph, GRAPH_TARGETS);
  const durations: usize = getU32(graph, GRAPH_DURATIONS);
  const levels: usize = getU32(graph, GRAPH_BOTTOM_LEVELS);
  const sentinel = getU32(graph, GRAPH_NODES_MAX);
  // Behind a sink there is no way.
  for (let place: u32 = 0; place < 4; place++) setF64(levels, sentinel + place, 0);
  let touched: u32 = 0;
  for (let index = nodes; index > 0; index--) {
    if (ahead && index > OFFSETS_AHEAD) touched += touch(offsets, targets, order, index - 1 - ROWS_AHEAD, index - 1 - OFFSETS_AHEAD);
    const node = getU32(order, index - 1);
    let edge = getU32(offsets, node);
    let left: i32 = getU32(offsets, node + 1) - edge;
    let longest = f64x2.splat(0);
    do {
      const four = fourTargets(targets, edge, left, sentinel);
      const first = f64x2.pmax(
        getLaneF64(levels, i32x4.extract_lane(four, 0)),
        getLaneF64(levels, i32x4.extract_lane(four, 1)),
      );
      const second = f64x2.pmax(
        getLaneF64(levels, i32x4.extract_lane(four, 2)),
        getLaneF64(levels, i32x4.extract_lane(four, 3)),
      );
      longest = f64x2.pmax(longest, f64x2.pmax(first, second));
      edge += 4;
      left -= 4;
    } while (left > 0);
    setF64(levels, node, f64x2.extract_lane(longest, 0) + getF64(durations, node));
  }
  if (ahead) setF64(levels, sentinel + 4, touched);
}
