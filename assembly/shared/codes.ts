/**
 * Numbers that both sides of the boundary know. Portable: compiled by asc and by tsc, so it holds nothing but constants.
 * asc exports them as globals, which a test compares with what TypeScript sees.
 */

/** Answer of `createGraph` and `createQueue` when there is no memory left. */
export const NO_MEMORY = 0;
/** Answer of `build` when every edge is good. */
export const ALL_GOOD = -1;
/** Answer of `analyse` when the graph has a cycle. */
export const HAS_CYCLE = -1;
/** Answer of `next` when nothing is ready. */
export const NOTHING_READY = -1;

/** States of a node in a ready queue. */
export const WAITING = 0;
export const TAKEN = 1;
export const SETTLED = 2;

/** Indices of the 32-bit words of a graph's header; see graph.ts for the layout. */
export const GRAPH_NODES = 0;
export const GRAPH_EDGES = 1;
export const GRAPH_FROM = 2;
export const GRAPH_TO = 3;
export const GRAPH_OFFSETS = 4;
export const GRAPH_TARGETS = 5;
export const GRAPH_IN_DEGREES = 6;
export const GRAPH_DEGREES = 7;
export const GRAPH_LEVELS = 8;
export const GRAPH_ORDER = 9;
export const GRAPH_OUT = 10;
export const GRAPH_OUT_LENGTH = 11;
export const GRAPH_DURATIONS = 12;
export const GRAPH_EARLIEST = 13;
export const GRAPH_LATEST = 14;
export const GRAPH_SLACK = 15;
export const GRAPH_BOTTOM_LEVELS = 16;
export const GRAPH_HEADER_WORDS = 32;

/** Indices of the 32-bit words of a queue's header; see queue.ts for the layout. */
export const QUEUE_GRAPH = 0;
export const QUEUE_PRIORITIES = 1;
export const QUEUE_RANK_OF = 2;
export const QUEUE_NODE_AT = 3;
export const QUEUE_DEGREES = 4;
export const QUEUE_LIST = 5;
export const QUEUE_OUT = 6;
export const QUEUE_STATES = 7;
export const QUEUE_LEVELS = 8;
export const QUEUE_BITS = 9;
export const QUEUE_HEADER_WORDS = 16;
