import { getU32, setU32 } from './memory';
import { GRAPH_DEGREES, GRAPH_LEVELS, GRAPH_NODES, GRAPH_OFFSETS, GRAPH_ORDER, GRAPH_OUT, GRAPH_OUT_LENGTH, GRAPH_TARGETS } from './shared/codes';

/** What Kahn leaves in DEGREES for a node that waits for nothing any more. */
const SETTLED_DEGREE: u32 = 0xffffffff;

/**
 * One simple cycle among the nodes Kahn left over (DEGREES, which is one less, not below zero). Each of them has a predecessor among them, so a walk
 * from the smallest to its smallest such predecessor, and on, must come back to a node already seen. What lies between is
 * a cycle, against the direction of its edges.
 *
 * O(n + e). Writes the cycle to OUT in the direction of its edges, its smallest node first.
 */
export function findCycle(graph: usize): void {
  const nodes = getU32(graph, GRAPH_NODES);
  const offsets: usize = getU32(graph, GRAPH_OFFSETS);
  const targets: usize = getU32(graph, GRAPH_TARGETS);
  const degrees: usize = getU32(graph, GRAPH_DEGREES);
  // Levels and order mean nothing in a graph with a cycle: their regions serve as scratch.
  const predecessors: usize = getU32(graph, GRAPH_LEVELS);
  const walk: usize = getU32(graph, GRAPH_ORDER);
  let node: u32 = 0;
  // Downwards, so that the smallest predecessor and the smallest node are the ones that stay.
  for (let each = nodes; each > 0; each--) {
    if (getU32(degrees, each - 1) == SETTLED_DEGREE) continue;
    node = each - 1;
    const end = getU32(offsets, node + 1);
    for (let edge = getU32(offsets, node); edge < end; edge++) setU32(predecessors, getU32(targets, edge), node);
  }
  // A node that was visited counts as settled; none on the walk was.
  let length: u32 = 0;
  while (getU32(degrees, node) != SETTLED_DEGREE) {
    setU32(degrees, node, SETTLED_DEGREE);
    setU32(walk, length++, node);
    node = getU32(predecessors, node);
  }
  writeCycle(graph, walk, length, node);
}

/** The part of the walk from `start` on, turned round and rotated. */
function writeCycle(graph: usize, walk: usize, length: u32, start: u32): void {
  const out: usize = getU32(graph, GRAPH_OUT);
  let first: u32 = 0;
  while (getU32(walk, first) != start) first++;
  let smallest = first;
  for (let at = first; at < length; at++) if (getU32(walk, at) < getU32(walk, smallest)) smallest = at;
  const size = length - first;
  for (let step: u32 = 0; step < size; step++) {
    // Backwards along the walk is forwards along the edges.
    const back = (smallest - first + size - step) % size;
    setU32(out, step, getU32(walk, first + back));
  }
  setU32(graph, GRAPH_OUT_LENGTH, size);
}
