/**
 * Numbers that both sides of the boundary know. Portable: compiled by asc and by tsc, so it holds nothing but constants.
 * asc exports them as globals, which a test compares with what TypeScript sees.
 */
/** Answer of `createGraph` and `createQueue` when there is no memory left. */
export declare const NO_MEMORY = 0;
/** Answer of `build` when every edge is good. */
export declare const ALL_GOOD = -1;
/** Answer of `analyse` when the graph has a cycle. */
export declare const HAS_CYCLE = -1;
/** Answer of `next` when nothing is ready. */
export declare const NOTHING_READY = -1;
/** States of a node in a ready queue. */
export declare const WAITING = 0;
export declare const TAKEN = 1;
export declare const SETTLED = 2;
/** Indices of the 32-bit words of a graph's header; see graph.ts for the layout. */
export declare const GRAPH_NODES = 0;
export declare const GRAPH_EDGES = 1;
export declare const GRAPH_FROM = 2;
export declare const GRAPH_TO = 3;
export declare const GRAPH_OFFSETS = 4;
export declare const GRAPH_TARGETS = 5;
export declare const GRAPH_IN_DEGREES = 6;
export declare const GRAPH_DEGREES = 7;
export declare const GRAPH_LEVELS = 8;
export declare const GRAPH_ORDER = 9;
export declare const GRAPH_OUT = 10;
export declare const GRAPH_OUT_LENGTH = 11;
export declare const GRAPH_DURATIONS = 12;
export declare const GRAPH_EARLIEST = 13;
export declare const GRAPH_LATEST = 14;
export declare const GRAPH_SLACK = 15;
export declare const GRAPH_BOTTOM_LEVELS = 16;
export declare const GRAPH_HEADER_WORDS = 32;
/** Indices of the 32-bit words of a queue's header; see queue.ts for the layout. */
export declare const QUEUE_GRAPH = 0;
export declare const QUEUE_PRIORITIES = 1;
export declare const QUEUE_RANK_OF = 2;
export declare const QUEUE_NODE_AT = 3;
export declare const QUEUE_DEGREES = 4;
export declare const QUEUE_LIST = 5;
export declare const QUEUE_OUT = 6;
export declare const QUEUE_STATES = 7;
export declare const QUEUE_LEVELS = 8;
export declare const QUEUE_BITS = 9;
export declare const QUEUE_HEADER_WORDS = 16;
//# sourceMappingURL=codes.d.ts.map