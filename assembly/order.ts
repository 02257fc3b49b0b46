import { findCycle } from './cycle';
import { getU32, setU32, zero } from './memory';
import { GRAPH_DEGREES, GRAPH_IN_DEGREES, GRAPH_LEVELS, GRAPH_NODES, GRAPH_OFFSETS, GRAPH_ORDER, GRAPH_OUT, GRAPH_TARGETS, HAS_CYCLE } from './shared/codes';

/**
 * Kahn's order (1962) with levels in the same pass; then a counting sort by level, which makes the order independent of
 * the order of edges. Every target is written to the end of the queue and counts only when its degree reached zero: no
 * branch for the processor to guess.
 *
 * O(n + e). @returns the number of levels, or HAS_CYCLE with a cycle in OUT
 */
export function analyse(graph: usize): i32 {
  const nodes = getU32(graph, GRAPH_NODES);
  const offsets: usize = getU32(graph, GRAPH_OFFSETS);
  const targets: usize = getU32(graph, GRAPH_TARGETS);
  const degrees: usize = getU32(graph, GRAPH_DEGREES);
  const levels: usize = getU32(graph, GRAPH_LEVELS);
  const queue: usize = getU32(graph, GRAPH_OUT);
  memory.copy(degrees, getU32(graph, GRAPH_IN_DEGREES), (<usize>nodes) << 2);
  zero(levels, (<usize>nodes) << 2);
  let tail: u32 = 0;
  for (let node: u32 = 0; node < nodes; node++) {
    setU32(queue, tail, node);
    tail += u32(getU32(degrees, node) == 0);
  }
  let depth: u32 = 0;
  for (let head: u32 = 0; head < tail; head++) {
    const node = getU32(queue, head);
    const below = getU32(levels, node) + 1;
    depth = max(depth, below);
    const end = getU32(offsets, node + 1);
    for (let edge = getU32(offsets, node); edge < end; edge++) {
      const target = getU32(targets, edge);
      const degree = getU32(degrees, target) - 1;
      setU32(degrees, target, degree);
      setU32(levels, target, max(getU32(levels, target), below));
      // When every node is in the queue already, this is the one word behind it, which nothing reads before it is written.
      if (tail < nodes) setU32(queue, tail, target);
      tail += u32(degree == 0);
    }
  }
  if (tail < nodes) {
    findCycle(graph);
    return HAS_CYCLE;
  }
  orderByLevel(graph, nodes, depth);
  return depth;
}

/** Counting sort by level, stable in the index. DEGREES is all zeros by now and holds the counts. */
function orderByLevel(graph: usize, nodes: u32, depth: u32): void {
  const levels: usize = getU32(graph, GRAPH_LEVELS);
  const order: usize = getU32(graph, GRAPH_ORDER);
  const starts: usize = getU32(graph, GRAPH_DEGREES);
  for (let node: u32 = 0; node < nodes; node++) {
    const level = getU32(levels, node);
    setU32(starts, level, getU32(starts, level) + 1);
  }
  let sum: u32 = 0;
  for (let level: u32 = 0; level < depth; level++) {
    const count = getU32(starts, level);
    setU32(starts, level, sum);
    sum += count;
  }
  for (let node: u32 = 0; node < nodes; node++) {
    const level = getU32(levels, node);
    const place = getU32(starts, level);
    setU32(starts, level, place + 1);
    setU32(order, place, node);
  }
}
