import { firstBadEdge, isGrouped } from './edges';
import { getU32, getU64, setU32, zero } from './memory';
import {
  ALL_GOOD,
  GRAPH_DEGREE_CHANGES,
  GRAPH_DEGREES,
  GRAPH_EDGES,
  GRAPH_FROM,
  GRAPH_NODES,
  GRAPH_OFFSETS,
  GRAPH_OUT,
  GRAPH_ROOTS,
  GRAPH_TARGETS,
  GRAPH_TO,
} from './shared/codes';

/**
 * Compressed sparse rows by a stable counting sort on the source. Offsets are counted in place and the targets
 * scattered backwards, which leaves every offset where it belongs without a second array of cursors. Edges that are
 * grouped by source already are copied as they are. Endpoints are checked before, so nothing is checked here.
 *
 * O(n + e). @returns ALL_GOOD, or the index of the first edge with an endpoint that is not a node
 */
export function build(graph: usize): i32 {
  const nodes = getU32(graph, GRAPH_NODES);
  const edges = getU32(graph, GRAPH_EDGES);
  const from: usize = getU32(graph, GRAPH_FROM);
  const to: usize = getU32(graph, GRAPH_TO);
  const offsets: usize = getU32(graph, GRAPH_OFFSETS);
  const targets: usize = getU32(graph, GRAPH_TARGETS);
  const degrees: usize = getU32(graph, GRAPH_DEGREES);
  const bad = firstBadEdge(from, to, nodes, edges);
  if (bad != ALL_GOOD) return bad;
  // Two counts of targets, for even and odd edges: one would wait for itself where many edges in a row have one target.
  const odd: usize = getU32(graph, GRAPH_OUT);
  zero(offsets, (<usize>nodes + 1) << 2);
  zero(degrees, (<usize>nodes) << 2);
  zero(odd, (<usize>nodes) << 2);
  if (isGrouped(from, edges)) {
    countGrouped(from, to, offsets, degrees, odd, edges);
    setU32(graph, GRAPH_DEGREE_CHANGES, fillEnds(offsets, nodes));
    memory.copy(targets, to, (<usize>edges) << 2);
  } else {
    countBoth(from, to, offsets, degrees, odd, edges);
    setU32(graph, GRAPH_DEGREE_CHANGES, sumUp(offsets, nodes));
    scatter(from, to, offsets, targets, edges);
  }
  setU32(graph, GRAPH_ROOTS, takeRoots(graph, nodes));
  return ALL_GOOD;
}

function countBoth(from: usize, to: usize, offsets: usize, even: usize, odd: usize, edges: u32): void {
  const pairs = edges >> 1;
  for (let pair: u32 = 0; pair < pairs; pair++) {
    const sources = getU64(from, pair);
    const sinks = getU64(to, pair);
    count(offsets, <u32>sources);
    count(even, <u32>sinks);
    count(offsets, <u32>(sources >> 32));
    count(odd, <u32>(sinks >> 32));
  }
  if ((edges & 1) == 0) return;
  count(offsets, getU32(from, edges - 1));
  count(even, getU32(to, edges - 1));
}

/** Of the edges of a source the last one leaves where the row ends: no count, and nothing to guess. */
function countGrouped(from: usize, to: usize, offsets: usize, even: usize, odd: usize, edges: u32): void {
  const pairs = edges >> 1;
  for (let pair: u32 = 0; pair < pairs; pair++) {
    const sources = getU64(from, pair);
    const sinks = getU64(to, pair);
    setU32(offsets, <u32>sources, pair * 2 + 1);
    count(even, <u32>sinks);
    setU32(offsets, <u32>(sources >> 32), pair * 2 + 2);
    count(odd, <u32>(sinks >> 32));
  }
  if ((edges & 1) == 0) return;
  setU32(offsets, getU32(from, edges - 1), edges);
  count(even, getU32(to, edges - 1));
}

// @ts-ignore: decorator
@inline
function count(counts: usize, index: u32): void {
  setU32(counts, index, getU32(counts, index) + 1);
}

/**
 * Adds up the two counts, and begins the queue of Kahn (order.ts) with what waits for nothing. DEGREES becomes one less than
 * what a node waits for: with nothing to wait for it is below zero, which the highest bit tells. The queue grows over the
 * second count, and no faster than that is read.
 */
function takeRoots(graph: usize, nodes: u32): u32 {
  const degrees: usize = getU32(graph, GRAPH_DEGREES);
  const queue: usize = getU32(graph, GRAPH_OUT);
  let tail: u32 = 0;
  for (let node: u32 = 0; node < nodes; node++) {
    const degree = getU32(degrees, node) + getU32(queue, node) - 1;
    setU32(degrees, node, degree);
    setU32(queue, tail, node);
    tail += degree >>> 31;
  }
  return tail;
}

/** Counts become ends of rows. @returns how many nodes have another count than the one before */
function sumUp(offsets: usize, nodes: u32): u32 {
  let sum: u32 = 0;
  let before: u32 = 0;
  let changes: u32 = 0;
  for (let node: u32 = 0; node <= nodes; node++) {
    const degree = getU32(offsets, node);
    sum += degree;
    setU32(offsets, node, sum);
    changes += u32(degree != before);
    before = degree;
  }
  return changes;
}

/** Ends become starts; a row without edges is where the one before it ended. @returns as sumUp */
function fillEnds(offsets: usize, nodes: u32): u32 {
  let end: u32 = 0;
  let before: u32 = 0;
  let changes: u32 = 0;
  for (let node: u32 = 0; node <= nodes; node++) {
    const start = end;
    end = max(end, getU32(offsets, node));
    setU32(offsets, node, start);
    const degree = end - start;
    changes += u32(degree != before);
    before = degree;
  }
  return changes;
}

function scatter(from: usize, to: usize, offsets: usize, targets: usize, edges: u32): void {
  let edge = edges;
  if ((edge & 1) != 0) {
    edge--;
    place(offsets, targets, getU32(from, edge), getU32(to, edge));
  }
  for (let pair = edge >> 1; pair > 0; pair--) {
    const sources = getU64(from, pair - 1);
    const sinks = getU64(to, pair - 1);
    place(offsets, targets, <u32>(sources >> 32), <u32>(sinks >> 32));
    place(offsets, targets, <u32>sources, <u32>sinks);
  }
}

// @ts-ignore: decorator
@inline
function place(offsets: usize, targets: usize, source: u32, target: u32): void {
  const at = getU32(offsets, source) - 1;
  setU32(offsets, source, at);
  setU32(targets, at, target);
}
