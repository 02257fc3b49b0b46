import { getU32, setF64, setU32 } from './memory';
import { allocate, free } from './slab';
import {
  GRAPH_BOTTOM_LEVELS,
  GRAPH_DURATIONS,
  GRAPH_EDGES,
  GRAPH_EDGES_MAX,
  GRAPH_FROM,
  GRAPH_HEADER_WORDS,
  GRAPH_IN_DEGREES,
  GRAPH_LEVEL_STARTS,
  GRAPH_NODES,
  GRAPH_NODES_MAX,
  GRAPH_OFFSETS,
  GRAPH_OUT,
  GRAPH_TARGETS,
  GRAPH_TO,
  NO_MEMORY,
  OVERREAD,
  SENTINELS,
} from './shared/codes';

/**
 * A graph of n nodes and e edges is one slab: a header of 32 words, then its regions. Doubles come first, so that
 * everything is aligned to its own size. Regions are laid out for the largest graph the slab may hold (N nodes, E edges),
 * so that one slab serves many graphs after one another (solve.ts) and views of it stay good. Behind every region by
 * node lie 64 sentinels (masked.ts) and 16 places that wide loads may read.
 *
 *     word  region          type       written by
 *     ────  ──────────────  ─────────  ─────────────────────────────
 *      0    nodes           u32        createGraph, solve
 *      1    edges           u32        createGraph, solve
 *      2    FROM            u32[E]     the caller
 *      3    TO              u32[E]     the caller
 *      4    OFFSETS         u32[N+1]   build: targets of u are TARGETS[OFFSETS[u] .. OFFSETS[u+1])
 *      5    TARGETS         u32[E]     build
 *      6    IN_DEGREES      u32[N]     build
 *      7    DEGREES         u32[N]     build: in-degrees less one; analyse: what Kahn leaves over, less one
 *      8    LEVELS          u32[N]     analyse
 *      9    ORDER           u32[N]     analyse, by (level, index)
 *     10    OUT             u32[N]     the queue of Kahn; a cycle; the critical path
 *     11    length of OUT   u32
 *     12    DURATIONS       f64[N]     the caller
 *     13–16 EARLIEST, LATEST, SLACK, BOTTOM_LEVELS   f64[N]   weigh; solve writes the last only
 *     17    LEVEL_STARTS    u32[N]     analyse: where the levels begin in ORDER; then where they end
 *     18    depth           u32        analyse
 *     19    N               u32        createGraph
 *     20    E               u32        createGraph
 *     21    degree changes  u32        build: nodes with another out-degree than the node before them
 *     22    roots           u32        build: how many nodes stand in OUT already
 */
export function createGraph(nodes: u32, edges: u32): usize {
  const graph = allocate(bytesOf(nodes, edges));
  if (graph == 0) return NO_MEMORY;
  setU32(graph, GRAPH_NODES, nodes);
  setU32(graph, GRAPH_EDGES, edges);
  setU32(graph, GRAPH_NODES_MAX, nodes);
  setU32(graph, GRAPH_EDGES_MAX, edges);
  let at = graph + ((<usize>GRAPH_HEADER_WORDS) << 2);
  const places: usize = <usize>nodes + SENTINELS + OVERREAD;
  for (let region: u32 = GRAPH_DURATIONS; region <= <u32>GRAPH_BOTTOM_LEVELS; region++) {
    setU32(graph, region, <u32>at);
    at += places << 3;
  }
  setU32(graph, GRAPH_OFFSETS, <u32>at);
  at += places << 2;
  for (let region: u32 = GRAPH_IN_DEGREES; region <= <u32>GRAPH_OUT; region++) {
    setU32(graph, region, <u32>at);
    at += places << 2;
  }
  setU32(graph, GRAPH_LEVEL_STARTS, <u32>at);
  at += places << 2;
  const edgeBytes: usize = (<usize>edges + OVERREAD) << 2;
  setU32(graph, GRAPH_FROM, <u32>at);
  setU32(graph, GRAPH_TO, <u32>(at + edgeBytes));
  setU32(graph, GRAPH_TARGETS, <u32>(at + edgeBytes * 2));
  // The sentinels of a bottom level are the way behind a sink: none. Nothing ever writes there.
  for (let place: u32 = 0; place < <u32>SENTINELS; place++) setF64(getU32(graph, GRAPH_BOTTOM_LEVELS), nodes + place, 0);
  return graph;
}

export function releaseGraph(graph: usize): void {
  free(graph, bytesOf(getU32(graph, GRAPH_NODES_MAX), getU32(graph, GRAPH_EDGES_MAX)));
}

/** In 64 bits, because a large graph overflows 32. */
function bytesOf(nodes: u32, edges: u32): u64 {
  const places: u64 = <u64>nodes + SENTINELS + OVERREAD;
  return 4 * <u64>GRAPH_HEADER_WORDS + 5 * 8 * places + 7 * 4 * places + 3 * 4 * (<u64>edges + OVERREAD);
}
