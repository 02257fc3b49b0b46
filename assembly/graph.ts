import { getU32, setU32 } from './memory';
import { allocate, free } from './slab';
import {
  GRAPH_BOTTOM_LEVELS,
  GRAPH_DEGREES,
  GRAPH_DURATIONS,
  GRAPH_EARLIEST,
  GRAPH_EDGES,
  GRAPH_EDGES_MAX,
  GRAPH_FROM,
  GRAPH_HEADER_WORDS,
  GRAPH_LATEST,
  GRAPH_LEVEL_STARTS,
  GRAPH_LEVELS,
  GRAPH_NODES,
  GRAPH_NODES_MAX,
  GRAPH_OFFSETS,
  GRAPH_ORDER,
  GRAPH_OUT,
  GRAPH_SLACK,
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
 *      6    DEGREES         u32[N]     build: in-degrees less one; analyse: what Kahn leaves over, less one
 *      7    LEVELS          u32[N]     analyse
 *      8    ORDER           u32[N]     analyse, by (level, index)
 *      9    OUT             u32[N]     the queue of Kahn; a cycle; the critical path
 *     10    length of OUT   u32
 *     11    DURATIONS       f64[N]     the caller
 *     12–15 EARLIEST, LATEST, SLACK, BOTTOM_LEVELS   f64[N]   weigh; solve writes the last only
 *     16    LEVEL_STARTS    u32[N]     analyse: where the levels begin in ORDER; then where they end
 *     17    depth           u32        analyse
 *     18    N               u32        createGraph
 *     19    E               u32        createGraph
 *     20    degree changes  u32        build: nodes with another out-degree than the node before them
 *     21    roots           u32        build: how many nodes stand in OUT already
 *
 * The edges as the caller gave them are of no use once they are rows, and what is written after that takes their place: a
 * fresh page of memory costs more than a thousand nodes do in it, and a warm one may leave the cache for another.
 *
 *     ┌────────┬───────────┬──────────┬────────┬───────┬─────────┬─────┬──────────────┬─────────┬──────────────────────────┐
 *     │ header │ DURATIONS │ EARLIEST │ LATEST │ SLACK │ OFFSETS │ ... │ LEVEL_STARTS │ TARGETS │ FROM          │ TO       │
 *     └────────┴───────────┴──────────┴────────┴───────┴─────────┴─────┴──────────────┴─────────┼───────────────┴──┬───────┤
 *                                                                                 after build:  │ BOTTOM_LEVELS    │ LEVELS, ORDER
 *                                                                                               └──────────────────┴────────
 */
export function createGraph(nodes: u32, edges: u32): usize {
  const graph = allocate(bytesOf(nodes, edges));
  if (graph == 0) return NO_MEMORY;
  setU32(graph, GRAPH_NODES, nodes);
  setU32(graph, GRAPH_EDGES, edges);
  setU32(graph, GRAPH_NODES_MAX, nodes);
  setU32(graph, GRAPH_EDGES_MAX, edges);
  const places: usize = <usize>nodes + SENTINELS + OVERREAD;
  const edgeBytes: usize = (<usize>edges + OVERREAD) << 2;
  let at = graph + ((<usize>GRAPH_HEADER_WORDS) << 2);
  at = place(graph, GRAPH_DURATIONS, at, places << 3);
  at = place(graph, GRAPH_EARLIEST, at, places << 3);
  at = place(graph, GRAPH_LATEST, at, places << 3);
  at = place(graph, GRAPH_SLACK, at, places << 3);
  at = place(graph, GRAPH_OFFSETS, at, places << 2);
  at = place(graph, GRAPH_DEGREES, at, places << 2);
  at = place(graph, GRAPH_OUT, at, places << 2);
  at = place(graph, GRAPH_LEVEL_STARTS, at, places << 2);
  const shared = place(graph, GRAPH_TARGETS, at, (edgeBytes + 7) & ~7);
  at = place(graph, GRAPH_FROM, shared, edgeBytes);
  place(graph, GRAPH_TO, at, edgeBytes);
  at = place(graph, GRAPH_BOTTOM_LEVELS, shared, places << 3);
  at = place(graph, GRAPH_LEVELS, at, places << 2);
  place(graph, GRAPH_ORDER, at, places << 2);
  return graph;
}

/** @returns where the next region begins */
// @ts-ignore: decorator
@inline
function place(graph: usize, region: u32, at: usize, bytes: usize): usize {
  setU32(graph, region, <u32>at);
  return at + bytes;
}

export function releaseGraph(graph: usize): void {
  free(graph, bytesOf(getU32(graph, GRAPH_NODES_MAX), getU32(graph, GRAPH_EDGES_MAX)));
}

/** In 64 bits, because a large graph overflows 32. */
function bytesOf(nodes: u32, edges: u32): u64 {
  const places: u64 = <u64>nodes + SENTINELS + OVERREAD;
  const edgeBytes: u64 = 4 * (<u64>edges + OVERREAD);
  return 4 * <u64>GRAPH_HEADER_WORDS + (4 * 8 + 4 * 4) * places + edgeBytes + 4 + max<u64>(2 * edgeBytes, 16 * places);
}
