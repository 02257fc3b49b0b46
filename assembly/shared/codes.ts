/**
 * Numbers that both sides of the boundary know. Portable: compiled by asc and by tsc, so it holds nothing but constants,
 * and a test compares what the two see. The kernel does not export them: an instance would make an object of each.
 */

/** Answer of `createGraph` and `createQueue` when there is no memory left. */
export const NO_MEMORY = 0;
/** Answer of `build` when every edge is good. */
export const ALL_GOOD = -1;
/** Answer of `analyse` and `solve` when the graph has a cycle. */
export const HAS_CYCLE = -1;
/** Answers of `solve` when an endpoint is not a node, when a duration is negative or not finite. */
export const BAD_EDGE = -2;
export const BAD_DURATION = -3;
/** Answer of `next` when nothing is ready. */
export const NOTHING_READY = -1;
/** Answer of `completeNext` when the node cannot be settled. */
export const NOT_TAKEN = -2;

/** Indices of the 32-bit words of a graph's header; see graph.ts for the layout. */
export const GRAPH_NODES = 0;
export const GRAPH_EDGES = 1;
export const GRAPH_FROM = 2;
export const GRAPH_TO = 3;
export const GRAPH_OFFSETS = 4;
export const GRAPH_TARGETS = 5;
export const GRAPH_DEGREES = 6;
export const GRAPH_LEVELS = 7;
export const GRAPH_ORDER = 8;
export const GRAPH_OUT = 9;
export const GRAPH_OUT_LENGTH = 10;
export const GRAPH_DURATIONS = 11;
export const GRAPH_EARLIEST = 12;
export const GRAPH_LATEST = 13;
export const GRAPH_SLACK = 14;
export const GRAPH_BOTTOM_LEVELS = 15;
export const GRAPH_LEVEL_STARTS = 16;
export const GRAPH_DEPTH = 17;
export const GRAPH_NODES_MAX = 18;
export const GRAPH_EDGES_MAX = 19;
export const GRAPH_DEGREE_CHANGES = 20;
export const GRAPH_ROOTS = 21;
export const GRAPH_HEADER_WORDS = 32;

/** Places behind the nodes of a region: a mask sends what is not an edge there (masked.ts). */
export const SENTINELS = 64;
/** Elements behind a region that four-wide loads may read. */
export const OVERREAD = 16;

/** Indices of the 32-bit words of a queue's header; see queue.ts for the layout. */
export const QUEUE_GRAPH = 0;
export const QUEUE_NODES = 1;
export const QUEUE_PRIORITIES = 2;
export const QUEUE_RANK_OF = 3;
export const QUEUE_NODE_AT = 4;
export const QUEUE_OFFSETS = 5;
export const QUEUE_TARGETS = 6;
export const QUEUE_IN_DEGREES = 7;
export const QUEUE_DEGREES = 8;
export const QUEUE_LIST = 9;
export const QUEUE_OUT = 10;
export const QUEUE_LOW = 11;
export const QUEUE_MIDDLE = 12;
export const QUEUE_TOP = 13;
export const QUEUE_TOP_END = 14;
export const QUEUE_HEADER_WORDS = 16;
