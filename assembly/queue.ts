import { getU32, getU8, setU32, setU8, zero } from './memory';
import { rankByPriority } from './rank';
import {
  GRAPH_EDGES,
  GRAPH_NODES,
  GRAPH_OFFSETS,
  GRAPH_TARGETS,
  NO_MEMORY,
  NOTHING_READY,
  NOT_TAKEN,
  QUEUE_BITS,
  QUEUE_DEGREES,
  QUEUE_GRAPH,
  QUEUE_HEADER_WORDS,
  QUEUE_IN_DEGREES,
  QUEUE_LEVELS,
  QUEUE_LIST,
  QUEUE_NODE_AT,
  QUEUE_OUT,
  QUEUE_PRIORITIES,
  QUEUE_RANK_OF,
  QUEUE_STATES,
  SETTLED,
  TAKEN,
} from './shared/codes';
import { allocate, free } from './slab';

/**
 * The ready queue of a graph: which nodes may start now, best priority first. Priorities are turned into ranks once, so
 * that the ready nodes are a set of small integers: levels of 32-bit words, each bit of a level telling whether the
 * word below holds anything, up to a single word.
 *
 *     word  region        type       written by
 *     ────  ────────────  ─────────  ──────────────────────────
 *      0    the graph     u32        createQueue
 *      1    PRIORITIES    f64[n]     the caller
 *      2    RANK_OF       u32[n]     rankQueue
 *      3    NODE_AT       u32[n]     rankQueue
 *      4    IN_DEGREES    u32[n]     createQueue
 *      5    DEGREES       u32[n]     unsettled dependencies
 *      6    LIST          u32[n]     the caller: nodes to settle
 *      7    OUT           u32[n]     settle: newly ready nodes
 *      8    STATES        u8[n]      WAITING, TAKEN or SETTLED
 *      9    levels        u32
 *     10–16 BITS          u32[...]   one region per level
 */
export function createQueue(graph: usize): usize {
  const nodes = getU32(graph, GRAPH_NODES);
  const queue = allocate(bytesOf(nodes));
  if (queue == 0) return NO_MEMORY;
  setU32(queue, QUEUE_GRAPH, <u32>graph);
  let at = queue + ((<usize>QUEUE_HEADER_WORDS) << 2);
  setU32(queue, QUEUE_PRIORITIES, <u32>at);
  at += (<usize>nodes) << 3;
  for (let region: u32 = QUEUE_RANK_OF; region <= <u32>QUEUE_OUT; region++) {
    setU32(queue, region, <u32>at);
    at += (<usize>nodes) << 2;
  }
  let words = nodes;
  let levels: u32 = 0;
  do {
    words = max<u32>((words + 31) >> 5, 1);
    setU32(queue, QUEUE_BITS + levels++, <u32>at);
    at += (<usize>words) << 2;
  } while (words > 1);
  setU32(queue, QUEUE_LEVELS, levels);
  setU32(queue, QUEUE_STATES, <u32>at);
  countTargets(graph, getU32(queue, QUEUE_IN_DEGREES));
  return queue;
}

function countTargets(graph: usize, counts: usize): void {
  const edges = getU32(graph, GRAPH_EDGES);
  const targets: usize = getU32(graph, GRAPH_TARGETS);
  zero(counts, (<usize>getU32(graph, GRAPH_NODES)) << 2);
  for (let edge: u32 = 0; edge < edges; edge++) {
    const target = getU32(targets, edge);
    setU32(counts, target, getU32(counts, target) + 1);
  }
}

export function releaseQueue(queue: usize): void {
  free(queue, bytesOf(getU32(getU32(queue, QUEUE_GRAPH), GRAPH_NODES)));
}

/** Every level of bits is at most a 32nd of the one below it and a word more; 7 levels are enough for all of 32 bits. */
function bytesOf(nodes: u32): u64 {
  return 4 * <u64>QUEUE_HEADER_WORDS + 8 * <u64>nodes + 6 * 4 * <u64>nodes + <u64>nodes + <u64>nodes / 4 + 64;
}

/** Turns PRIORITIES into ranks and starts over. @returns false when there is no memory for the sort */
export function rankQueue(queue: usize): bool {
  const nodes = getU32(getU32(queue, QUEUE_GRAPH), GRAPH_NODES);
  const nodeAt: usize = getU32(queue, QUEUE_NODE_AT);
  const rankOf: usize = getU32(queue, QUEUE_RANK_OF);
  if (!rankByPriority(getU32(queue, QUEUE_PRIORITIES), nodeAt, getU32(queue, QUEUE_OUT), nodes)) return false;
  for (let rank: u32 = 0; rank < nodes; rank++) setU32(rankOf, getU32(nodeAt, rank), rank);
  resetQueue(queue);
  return true;
}

/** All nodes wait, the roots are ready. O(n) */
export function resetQueue(queue: usize): void {
  const graph: usize = getU32(queue, QUEUE_GRAPH);
  const nodes = getU32(graph, GRAPH_NODES);
  const inDegrees: usize = getU32(queue, QUEUE_IN_DEGREES);
  memory.copy(getU32(queue, QUEUE_DEGREES), inDegrees, (<usize>nodes) << 2);
  zero(getU32(queue, QUEUE_STATES), nodes);
  const bits: usize = getU32(queue, QUEUE_BITS);
  zero(bits, <usize>getU32(queue, QUEUE_STATES) - bits);
  for (let node: u32 = 0; node < nodes; node++) if (getU32(inDegrees, node) == 0) addReady(queue, node);
}

/** Takes the best ready node. @returns NOTHING_READY when there is none. O(levels) */
export function next(queue: usize): i32 {
  const top = getU32(queue, QUEUE_LEVELS) - 1;
  if (getU32(getU32(queue, QUEUE_BITS + top), 0) == 0) return NOTHING_READY;
  let rank: u32 = 0;
  for (let level: i32 = top; level >= 0; level--) {
    rank = (rank << 5) + ctz(getU32(getU32(queue, QUEUE_BITS + level), rank));
  }
  removeReady(queue, rank);
  const node = getU32(getU32(queue, QUEUE_NODE_AT), rank);
  setU8(getU32(queue, QUEUE_STATES), node, TAKEN);
  return node;
}

/**
 * Settles the first `count` nodes of LIST. All of them must have been taken and none settled before; else nothing
 * changes. O(count + their edges).
 *
 * @returns how many nodes became ready, which are then in OUT; or -1 - i when node i of LIST cannot be settled
 */
export function settle(queue: usize, count: u32): i32 {
  const graph: usize = getU32(queue, QUEUE_GRAPH);
  const list: usize = getU32(queue, QUEUE_LIST);
  const refused = markSettled(queue, list, count, getU32(graph, GRAPH_NODES));
  if (refused != 0) return refused;
  const offsets: usize = getU32(graph, GRAPH_OFFSETS);
  const targets: usize = getU32(graph, GRAPH_TARGETS);
  const degrees: usize = getU32(queue, QUEUE_DEGREES);
  const out: usize = getU32(queue, QUEUE_OUT);
  let ready: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const node = getU32(list, index);
    const end = getU32(offsets, node + 1);
    for (let edge = getU32(offsets, node); edge < end; edge++) {
      const target = getU32(targets, edge);
      const degree = getU32(degrees, target) - 1;
      setU32(degrees, target, degree);
      if (degree != 0) continue;
      addReady(queue, target);
      setU32(out, ready++, target);
    }
  }
  return ready;
}

/**
 * Settles one node and takes the best that is ready then: what a loop over a graph does, in one call for each node.
 *
 * @returns NOTHING_READY when there is none; NOT_TAKEN, with nothing changed, when the node was not taken or is settled
 */
export function completeNext(queue: usize, node: u32): i32 {
  const graph: usize = getU32(queue, QUEUE_GRAPH);
  const states: usize = getU32(queue, QUEUE_STATES);
  if (node >= getU32(graph, GRAPH_NODES) || getU8(states, node) != TAKEN) return NOT_TAKEN;
  setU8(states, node, SETTLED);
  const offsets: usize = getU32(graph, GRAPH_OFFSETS);
  const targets: usize = getU32(graph, GRAPH_TARGETS);
  const degrees: usize = getU32(queue, QUEUE_DEGREES);
  const end = getU32(offsets, node + 1);
  for (let edge = getU32(offsets, node); edge < end; edge++) {
    const target = getU32(targets, edge);
    const degree = getU32(degrees, target) - 1;
    setU32(degrees, target, degree);
    if (degree == 0) addReady(queue, target);
  }
  return next(queue);
}

/** @returns 0, or -1 - i with everything as it was */
function markSettled(queue: usize, list: usize, count: u32, nodes: u32): i32 {
  const states: usize = getU32(queue, QUEUE_STATES);
  for (let index: u32 = 0; index < count; index++) {
    const node = getU32(list, index);
    if (node < nodes && getU8(states, node) == TAKEN) {
      setU8(states, node, SETTLED);
      continue;
    }
    for (let undo: u32 = 0; undo < index; undo++) setU8(states, getU32(list, undo), TAKEN);
    return -1 - <i32>index;
  }
  return 0;
}

function addReady(queue: usize, node: u32): void {
  const levels = getU32(queue, QUEUE_LEVELS);
  let bit = getU32(getU32(queue, QUEUE_RANK_OF), node);
  for (let level: u32 = 0; level < levels; level++) {
    const words: usize = getU32(queue, QUEUE_BITS + level);
    const word = bit >> 5;
    const before = getU32(words, word);
    setU32(words, word, before | (1 << (bit & 31)));
    if (before != 0) return;
    bit = word;
  }
}

function removeReady(queue: usize, rank: u32): void {
  const levels = getU32(queue, QUEUE_LEVELS);
  let bit = rank;
  for (let level: u32 = 0; level < levels; level++) {
    const words: usize = getU32(queue, QUEUE_BITS + level);
    const word = bit >> 5;
    const left = getU32(words, word) & ~(1 << (bit & 31));
    setU32(words, word, left);
    if (left != 0) return;
    bit = word;
  }
}
