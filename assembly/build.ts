import { getU32, setU32, zero } from './memory';
import { ALL_GOOD, GRAPH_EDGES, GRAPH_FROM, GRAPH_IN_DEGREES, GRAPH_NODES, GRAPH_OFFSETS, GRAPH_TARGETS, GRAPH_TO } from './shared/codes';

/**
 * Compressed sparse rows by a stable counting sort on the source. Offsets are counted in place and the targets
 * scattered backwards, which leaves every offset where it belongs without a second array of cursors.
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
  zero(offsets, (<usize>nodes + 1) << 2);
  zero(inDegrees, (<usize>nodes) << 2);
  for (let edge: u32 = 0; edge < edges; edge++) {
    const source = getU32(from, edge);
    const target = getU32(to, edge);
    if (source >= nodes || target >= nodes) return edge;
    setU32(offsets, source, getU32(offsets, source) + 1);
    setU32(inDegrees, target, getU32(inDegrees, target) + 1);
  }
  let sum: u32 = 0;
  for (let node: u32 = 0; node <= nodes; node++) {
    sum += getU32(offsets, node);
    setU32(offsets, node, sum);
  }
  for (let edge = edges; edge > 0; edge--) {
    const source = getU32(from, edge - 1);
    const place = getU32(offsets, source) - 1;
    setU32(offsets, source, place);
    setU32(targets, place, getU32(to, edge - 1));
  }
  return ALL_GOOD;
}
