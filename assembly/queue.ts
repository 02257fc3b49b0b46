import { getU32, setU32, zero } from './memory';
import { rankByPriority } from './rank';
import { addIf, clearReady, lowWords, middleWords, takeFirst, topWords } from './ready-set';
import {
  GRAPH_EDGES,
  GRAPH_NODES,
  GRAPH_OFFSETS,
  GRAPH_TARGETS,
  NO_MEMORY,
  NOTHING_READY,
  QUEUE_DEGREES,
  QUEUE_GRAPH,
  QUEUE_HEADER_WORDS,
  QUEUE_IN_DEGREES,
  QUEUE_LIST,
  QUEUE_LOW,
  QUEUE_MIDDLE,
  QUEUE_NODE_AT,
  QUEUE_NODES,
  QUEUE_OFFSETS,
  QUEUE_OUT,
  QUEUE_PRIORITIES,
  QUEUE_RANK_OF,
  QUEUE_TARGETS,
  QUEUE_TOP,
  QUEUE_TOP_END,
  OVERREAD,
} from './shared/codes';
import { allocate, free } from './slab';

/** What stands in DEGREES when there is nothing to wait for any more, and the node was taken; or was settled. */
export const TAKEN: u32 = 0xffffffff;
export const SETTLED: u32 = 0xfffffffe;
/** In DEGREES behind the last rank, where what is not an edge leads (masked.ts). */
const NEVER: u32 = 0x40000000;

/**
 * The ready queue of a graph: which nodes may start now, best priority first. Priorities are turned into ranks once, and the
 * rows of the graph into rows by rank, so that the ready nodes are a set of small integers (ready-set.ts) and a settled node
 * leads to them without a detour. By rank, what is settled together lies together.
 *
 *     word  region        type       written by
 *     ────  ────────────  ─────────  ──────────────────────────
 *      0    the graph     u32        createQueue
 *      1    nodes         u32        createQueue
 *      2    PRIORITIES    f64[n]     the caller
 *      3    RANK_OF       u32[n]     rankQueue: by node
 *      4    NODE_AT       u32[n]     rankQueue: by rank
 *      5    OFFSETS       u32[n+1]   rankQueue: targets of rank r are TARGETS[OFFSETS[r] .. OFFSETS[r+1])
 *      6    TARGETS       u32[e]     rankQueue: ranks
 *      7    IN_DEGREES    u32[n]     rankQueue: by rank
 *      8    DEGREES       u32[n]     unsettled dependencies by rank; then TAKEN, then SETTLED
 *      9    LIST          u32[n]     the caller: nodes to settle
 *     10    OUT           u32[n]     settle: newly ready nodes
 *     11–13 LOW, MIDDLE, TOP   u64[...]   the ready ranks, one behind the other (ready-set.ts)
 *     14    end of TOP    u32
 *
 * Behind every region lie 16 places that wide loads may read.
 */
export function createQueue(graph: usize): usize {
  const nodes = getU32(graph, GRAPH_NODES);
  const edges = getU32(graph, GRAPH_EDGES);
  const queue = allocate(bytesOf(nodes, edges));
  if (queue == 0) return NO_MEMORY;
  setU32(queue, QUEUE_GRAPH, <u32>graph);
  setU32(queue, QUEUE_NODES, nodes);
  let at = queue + ((<usize>QUEUE_HEADER_WORDS) << 2);
  setU32(queue, QUEUE_PRIORITIES, <u32>at);
  at += (<usize>nodes) << 3;
  setU32(queue, QUEUE_LOW, <u32>at);
  at += (<usize>lowWords(nodes)) << 3;
  setU32(queue, QUEUE_MIDDLE, <u32>at);
  at += (<usize>middleWords(nodes)) << 3;
  setU32(queue, QUEUE_TOP, <u32>at);
  at += (<usize>topWords(nodes)) << 3;
  setU32(queue, QUEUE_TOP_END, <u32>at);
  for (let region: u32 = QUEUE_RANK_OF; region <= <u32>QUEUE_OUT; region++) {
    setU32(queue, region, <u32>at);
    at += ((region == QUEUE_TARGETS ? <usize>edges : <usize>nodes) + OVERREAD) << 2;
  }
  return queue;
}

export function releaseQueue(queue: usize): void {
  free(queue, bytesOf(getU32(queue, QUEUE_NODES), getU32(getU32(queue, QUEUE_GRAPH), GRAPH_EDGES)));
}

function bytesOf(nodes: u32, edges: u32): u64 {
  const bits: u64 = 8 * (<u64>lowWords(nodes) + <u64>middleWords(nodes) + <u64>topWords(nodes));
  const regions: u64 = 7 * 4 * (<u64>nodes + OVERREAD) + 4 * (<u64>edges + OVERREAD);
  return 4 * <u64>QUEUE_HEADER_WORDS + 8 * <u64>nodes + bits + regions;
}

/** Turns PRIORITIES into ranks and starts over. O(n + e). @returns false when there is no memory for the sort */
export function rankQueue(queue: usize): bool {
  const nodes = getU32(queue, QUEUE_NODES);
  const nodeAt: usize = getU32(queue, QUEUE_NODE_AT);
  const rankOf: usize = getU32(queue, QUEUE_RANK_OF);
  if (!rankByPriority(getU32(queue, QUEUE_PRIORITIES), nodeAt, getU32(queue, QUEUE_OUT), nodes)) return false;
  for (let rank: u32 = 0; rank < nodes; rank++) setU32(rankOf, getU32(nodeAt, rank), rank);
  renumber(queue, nodes);
  resetQueue(queue);
  return true;
}

/** The rows of the graph, by rank; and how many edges lead to each rank. */
function renumber(queue: usize, nodes: u32): void {
  const graph: usize = getU32(queue, QUEUE_GRAPH);
  const offsets: usize = getU32(graph, GRAPH_OFFSETS);
  const targets: usize = getU32(graph, GRAPH_TARGETS);
  const nodeAt: usize = getU32(queue, QUEUE_NODE_AT);
  const rankOf: usize = getU32(queue, QUEUE_RANK_OF);
  const offsetsByRank: usize = getU32(queue, QUEUE_OFFSETS);
  const targetsByRank: usize = getU32(queue, QUEUE_TARGETS);
  const inDegrees: usize = getU32(queue, QUEUE_IN_DEGREES);
  zero(inDegrees, (<usize>nodes) << 2);
  let at: u32 = 0;
  for (let rank: u32 = 0; rank < nodes; rank++) {
    setU32(offsetsByRank, rank, at);
    const node = getU32(nodeAt, rank);
    const end = getU32(offsets, node + 1);
    for (let edge = getU32(offsets, node); edge < end; edge++) {
      const target = getU32(rankOf, getU32(targets, edge));
      setU32(targetsByRank, at++, target);
      setU32(inDegrees, target, getU32(inDegrees, target) + 1);
    }
  }
  setU32(offsetsByRank, nodes, at);
}

/** All nodes wait, the roots are ready. O(n) */
export function resetQueue(queue: usize): void {
  const nodes = getU32(queue, QUEUE_NODES);
  const inDegrees: usize = getU32(queue, QUEUE_IN_DEGREES);
  memory.copy(getU32(queue, QUEUE_DEGREES), inDegrees, (<usize>nodes) << 2);
  const degrees: usize = getU32(queue, QUEUE_DEGREES);
  for (let place: u32 = 0; place < 4; place++) setU32(degrees, nodes + place, NEVER);
  clearReady(queue);
  const low: usize = getU32(queue, QUEUE_LOW);
  const middle: usize = getU32(queue, QUEUE_MIDDLE);
  const top: usize = getU32(queue, QUEUE_TOP);
  for (let rank: u32 = 0; rank < nodes; rank++) {
    if (getU32(inDegrees, rank) == 0) addIf(1, rank, low, middle, top);
  }
}

/** Takes the best ready node. @returns NOTHING_READY when there is none. O(levels) */
export function next(queue: usize): i32 {
  return nodeTaken(queue, takeFirst(queue));
}

/** @param rank that was taken out of the ready ones, or NOTHING_READY @returns its node, or NOTHING_READY */
// @ts-ignore: decorator
@inline
export function nodeTaken(queue: usize, rank: i32): i32 {
  if (rank == NOTHING_READY) return NOTHING_READY;
  setU32(getU32(queue, QUEUE_DEGREES), rank, TAKEN);
  return getU32(getU32(queue, QUEUE_NODE_AT), rank);
}

/**
 * Settles the first `count` nodes of LIST. All of them must have been taken and none settled before; else nothing
 * changes. O(count + their edges).
 *
 * @returns how many nodes became ready, which are then in OUT; or -1 - i when node i of LIST cannot be settled
 */
export function settle(queue: usize, count: u32): i32 {
  const list: usize = getU32(queue, QUEUE_LIST);
  const refused = markSettled(queue, list, count);
  if (refused != 0) return refused;
  const rankOf: usize = getU32(queue, QUEUE_RANK_OF);
  const nodeAt: usize = getU32(queue, QUEUE_NODE_AT);
  const offsets: usize = getU32(queue, QUEUE_OFFSETS);
  const targets: usize = getU32(queue, QUEUE_TARGETS);
  const degrees: usize = getU32(queue, QUEUE_DEGREES);
  const out: usize = getU32(queue, QUEUE_OUT);
  const low: usize = getU32(queue, QUEUE_LOW);
  const middle: usize = getU32(queue, QUEUE_MIDDLE);
  const top: usize = getU32(queue, QUEUE_TOP);
  let ready: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const rank = getU32(rankOf, getU32(list, index));
    const end = getU32(offsets, rank + 1);
    for (let edge = getU32(offsets, rank); edge < end; edge++) {
      const target = getU32(targets, edge);
      const degree = getU32(degrees, target) - 1;
      setU32(degrees, target, degree);
      if (degree != 0) continue;
      addIf(1, target, low, middle, top);
      setU32(out, ready++, getU32(nodeAt, target));
    }
  }
  return ready;
}

/** @returns 0, or -1 - i with everything as it was */
function markSettled(queue: usize, list: usize, count: u32): i32 {
  const nodes = getU32(queue, QUEUE_NODES);
  const rankOf: usize = getU32(queue, QUEUE_RANK_OF);
  const degrees: usize = getU32(queue, QUEUE_DEGREES);
  for (let index: u32 = 0; index < count; index++) {
    const node = getU32(list, index);
    if (node < nodes && getU32(degrees, getU32(rankOf, node)) == TAKEN) {
      setU32(degrees, getU32(rankOf, node), SETTLED);
      continue;
    }
    for (let undo: u32 = 0; undo < index; undo++) setU32(degrees, getU32(rankOf, getU32(list, undo)), TAKEN);
    return -1 - <i32>index;
  }
  return 0;
}
