import { getU32, setU32 } from './memory';
import { allocate, free } from './slab';
import {
  GRAPH_BOTTOM_LEVELS,
  GRAPH_DEGREES,
  GRAPH_DURATIONS,
  GRAPH_EARLIEST,
  GRAPH_EDGES,
  GRAPH_FROM,
  GRAPH_HEADER_WORDS,
  GRAPH_IN_DEGREES,
  GRAPH_LATEST,
  GRAPH_LEVELS,
  GRAPH_NODES,
  GRAPH_OFFSETS,
  GRAPH_ORDER,
  GRAPH_OUT,
  GRAPH_SLACK,
  GRAPH_TARGETS,
  GRAPH_TO,
  NO_MEMORY,
} from './shared/codes';

/**
 * A graph of n nodes and e edges is one slab: a header of 32 words, then its regions. Doubles come first, so that
 * everything is aligned to its own size.
 *
 *     word  region          type       written by
 *     ────  ──────────────  ─────────  ─────────────────────────────
 *      0    nodes           u32        createGraph
 *      1    edges           u32        createGraph
 *      2    FROM            u32[e]     the caller
 *      3    TO              u32[e]     the caller
 *      4    OFFSETS         u32[n+1]   build: targets of u are TARGETS[OFFSETS[u] .. OFFSETS[u+1])
 *      5    TARGETS         u32[e]     build
 *      6    IN_DEGREES      u32[n]     build
 *      7    DEGREES         u32[n]     analyse: what Kahn leaves over
 *      8    LEVELS          u32[n]     analyse
 *      9    ORDER           u32[n]     analyse, by (level, index)
 *     10    OUT             u32[n]     the queue of Kahn; a cycle; the critical path
 *     11    length of OUT   u32
 *     12    DURATIONS       f64[n]     the caller
 *     13–16 EARLIEST, LATEST, SLACK, BOTTOM_LEVELS   f64[n]   weigh
 */
export function createGraph(nodes: u32, edges: u32): usize {
  const graph = allocate(bytesOf(nodes, edges));
  if (graph == 0) return NO_MEMORY;
  setU32(graph, GRAPH_NODES, nodes);
  setU32(graph, GRAPH_EDGES, edges);
  let at = graph + ((<usize>GRAPH_HEADER_WORDS) << 2);
  const doubles: usize = (<usize>nodes) << 3;
  const words: usize = (<usize>nodes) << 2;
  for (let region: u32 = GRAPH_DURATIONS; region <= <u32>GRAPH_BOTTOM_LEVELS; region++) {
    setU32(graph, region, <u32>at);
    at += doubles;
  }
  setU32(graph, GRAPH_OFFSETS, <u32>at);
  at += words + 4;
  for (let region: u32 = GRAPH_IN_DEGREES; region <= <u32>GRAPH_OUT; region++) {
    setU32(graph, region, <u32>at);
    at += words;
  }
  const edgeWords: usize = (<usize>edges) << 2;
  setU32(graph, GRAPH_FROM, <u32>at);
  setU32(graph, GRAPH_TO, <u32>(at + edgeWords));
  setU32(graph, GRAPH_TARGETS, <u32>(at + edgeWords * 2));
  return graph;
}

export function releaseGraph(graph: usize): void {
  free(graph, bytesOf(getU32(graph, GRAPH_NODES), getU32(graph, GRAPH_EDGES)));
}

/** In 64 bits, because a large graph overflows 32. */
function bytesOf(nodes: u32, edges: u32): u64 {
  return 4 * <u64>GRAPH_HEADER_WORDS + 5 * 8 * <u64>nodes + 4 * (<u64>nodes + 1) + 5 * 4 * <u64>nodes + 3 * 4 * <u64>edges;
}
