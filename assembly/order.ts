import { looksAhead, OFFSETS_AHEAD, ROWS_AHEAD, touch } from './ahead';
import { findCycle } from './cycle';
import { degreesVary, fourTargets, isDense } from './masked';
import { getU32, setFourU32, setU32 } from './memory';
import {
  GRAPH_DEGREES,
  GRAPH_DEPTH,
  GRAPH_LEVEL_STARTS,
  GRAPH_LEVELS,
  GRAPH_NODES,
  GRAPH_NODES_MAX,
  GRAPH_OFFSETS,
  GRAPH_ORDER,
  GRAPH_OUT,
  GRAPH_ROOTS,
  GRAPH_TARGETS,
  HAS_CYCLE,
  SENTINELS,
} from './shared/codes';

/**
 * Kahn's order (1962), a level at a time: the queue never goes back to a lower level, so levels are where it stood, and no
 * maximum is taken. Then the nodes of each level are put in the order of their indices, which makes the order independent
 * of the order of edges. Every target is written to the end of the queue and counts only when its degree reached zero:
 * no branch for the processor to guess.
 *
 * Goes on where `build` left the queue, so it runs once per build. O(n + e). @returns the number of levels, or HAS_CYCLE with a cycle in OUT
 */
export function analyse(graph: usize): i32 {
  const nodes = getU32(graph, GRAPH_NODES);
  const roots = getU32(graph, GRAPH_ROOTS);
  const done = sweep(graph, nodes, roots);
  if (done < nodes) {
    findCycle(graph);
    return HAS_CYCLE;
  }
  orderByLevel(graph, nodes);
  return getU32(graph, GRAPH_DEPTH);
}

function sweep(graph: usize, nodes: u32, roots: u32): u32 {
  if (!degreesVary(graph) || isDense(graph)) return sweepPlain(graph, roots);
  return looksAhead(nodes) ? sweepMaskedAhead(graph, roots) : sweepMasked(graph, roots);
}

function sweepPlain(graph: usize, roots: u32): u32 {
  const offsets: usize = getU32(graph, GRAPH_OFFSETS);
  const targets: usize = getU32(graph, GRAPH_TARGETS);
  const degrees: usize = getU32(graph, GRAPH_DEGREES);
  const levels: usize = getU32(graph, GRAPH_LEVELS);
  const starts: usize = getU32(graph, GRAPH_LEVEL_STARTS);
  const queue: usize = getU32(graph, GRAPH_OUT);
  let tail = roots;
  let head: u32 = 0;
  let level: u32 = 0;
  for (; head < tail; level++) {
    setU32(starts, level, head);
    const levelEnd = tail;
    for (; head < levelEnd; head++) {
      const node = getU32(queue, head);
      setU32(levels, node, level);
      const end = getU32(offsets, node + 1);
      for (let edge = getU32(offsets, node); edge < end; edge++) tail = settle(degrees, queue, getU32(targets, edge), tail);
    }
  }
  setU32(graph, GRAPH_DEPTH, level);
  return tail;
}

function sweepMasked(graph: usize, roots: u32): u32 {
  return fourAtATime(graph, roots, false);
}

function sweepMaskedAhead(graph: usize, roots: u32): u32 {
  return fourAtATime(graph, roots, true);
}

/**
 * As sweepPlain, four edges at a time. Sentinels rotate, because storing to one place and loading from it stalls. Twice in the
 * module, with `ahead` and without: asking each time would cost small graphs 3 %.
 */
// @ts-ignore: decorator
@inline
function fourAtATime(graph: usize, roots: u32, ahead: bool): u32 {
  const offsets: usize = getU32(graph, GRAPH_OFFSETS);
  const targets: usize = getU32(graph, GRAPH_TARGETS);
  const degrees: usize = getU32(graph, GRAPH_DEGREES);
  const levels: usize = getU32(graph, GRAPH_LEVELS);
  const starts: usize = getU32(graph, GRAPH_LEVEL_STARTS);
  const queue: usize = getU32(graph, GRAPH_OUT);
  const sentinels = getU32(graph, GRAPH_NODES_MAX);
  const never = i32x4.splat(0x40000000);
  for (let place: u32 = 0; place < <u32>SENTINELS; place += 4) setFourU32(degrees, sentinels + place, never);
  let touched: u32 = 0;
  let turn: u32 = 0;
  let tail = roots;
  let head: u32 = 0;
  let level: u32 = 0;
  for (; head < tail; level++) {
    setU32(starts, level, head);
    const levelEnd = tail;
    for (; head < levelEnd; head++) {
      const node = getU32(queue, head);
      if (ahead && head + OFFSETS_AHEAD < tail) touched += touch(offsets, targets, queue, head + ROWS_AHEAD, head + OFFSETS_AHEAD);
      setU32(levels, node, level);
      let edge = getU32(offsets, node);
      let left: i32 = getU32(offsets, node + 1) - edge;
      do {
        const four = fourTargets(targets, edge, left, sentinels + turn);
        turn = (turn + 4) & (SENTINELS - 1);
        tail = settle(degrees, queue, i32x4.extract_lane(four, 0), tail);
        tail = settle(degrees, queue, i32x4.extract_lane(four, 1), tail);
        tail = settle(degrees, queue, i32x4.extract_lane(four, 2), tail);
        tail = settle(degrees, queue, i32x4.extract_lane(four, 3), tail);
        edge += 4;
        left -= 4;
      } while (left > 0);
    }
  }
  if (ahead) setU32(levels, sentinels, touched);
  setU32(graph, GRAPH_DEPTH, level);
  return tail;
}

/** One dependency of the target is over. @returns the end of the queue, behind the target when that was the last one */
// @ts-ignore: decorator
@inline
function settle(degrees: usize, queue: usize, target: u32, tail: u32): u32 {
  const degree = getU32(degrees, target) - 1;
  setU32(degrees, target, degree);
  setU32(queue, tail, target);
  return tail + (degree >>> 31);
}

function orderByLevel(graph: usize, nodes: u32): void {
  const levels: usize = getU32(graph, GRAPH_LEVELS);
  const order: usize = getU32(graph, GRAPH_ORDER);
  const starts: usize = getU32(graph, GRAPH_LEVEL_STARTS);
  for (let node: u32 = 0; node < nodes; node++) {
    const level = getU32(levels, node);
    const place = getU32(starts, level);
    setU32(starts, level, place + 1);
    setU32(order, place, node);
  }
}
