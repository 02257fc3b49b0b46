import { firstBadEdge, isGrouped } from './edges';
import { getU32, getU64, setU32, zero } from './memory';
import {
  ALL_GOOD,
  GRAPH_DEGREE_CHANGES,
  GRAPH_EDGES,
  GRAPH_FROM,
  GRAPH_IN_DEGREES,
  GRAPH_NODES,
  GRAPH_OFFSETS,
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
  const inDegrees: usize = getU32(graph, GRAPH_IN_DEGREES);
  const bad = firstBadEdge(from, to, nodes, edges);
  if (bad != ALL_GOOD) return bad;
  zero(offsets, (<usize>nodes + 1) << 2);
  zero(inDegrees, (<usize>nodes) << 2);
  const grouped = isGrouped(from, edges);
  if (grouped) countTargets(to, inDegrees, edges);
  else countBoth(from, to, offsets, inDegrees, edges);
  if (grouped) {
    // The last edge of a source wins; sources without edges take over the end of the one before.
    for (let edge: u32 = 0; edge < edges; edge++) setU32(offsets, getU32(from, edge) + 1, edge + 1);
  }
  setU32(graph, GRAPH_DEGREE_CHANGES, grouped ? fillEnds(offsets, nodes) : sumUp(offsets, nodes));
  if (grouped) memory.copy(targets, to, (<usize>edges) << 2);
  else scatter(from, to, offsets, targets, edges);
  return ALL_GOOD;
}

function countBoth(from: usize, to: usize, offsets: usize, inDegrees: usize, edges: u32): void {
  const pairs = edges >> 1;
  for (let pair: u32 = 0; pair < pairs; pair++) {
    const sources = getU64(from, pair);
    const sinks = getU64(to, pair);
    count(offsets, <u32>sources);
    count(inDegrees, <u32>sinks);
    count(offsets, <u32>(sources >> 32));
    count(inDegrees, <u32>(sinks >> 32));
  }
  if ((edges & 1) == 0) return;
  count(offsets, getU32(from, edges - 1));
  count(inDegrees, getU32(to, edges - 1));
}

function countTargets(to: usize, inDegrees: usize, edges: u32): void {
  for (let edge: u32 = 0; edge < edges; edge++) count(inDegrees, getU32(to, edge));
}

// @ts-ignore: decorator
@inline
function count(counts: usize, index: u32): void {
  setU32(counts, index, getU32(counts, index) + 1);
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

/** Zeros become the end of the row before. @returns as sumUp */
function fillEnds(offsets: usize, nodes: u32): u32 {
  let end: u32 = 0;
  let before: u32 = 0;
  let changes: u32 = 0;
  for (let node: u32 = 0; node <= nodes; node++) {
    const start = end;
    end = max(end, getU32(offsets, node));
    setU32(offsets, node, end);
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
