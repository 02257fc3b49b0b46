import { getU32 } from './memory';

/**
 * In a graph that no cache holds, a node begins with two waits for memory, one for the other: for its offset, then for its
 * row; and a loop whose end is guessed wrong has waited for both before that is known. Which nodes come next is known, though.
 * So offsets and rows are asked for some nodes early. WebAssembly has no prefetch: what comes is added up, and put where nobody looks.
 */

/** From so many nodes on it pays; a cache of a few MB holds what is smaller. */
const NODES_MIN: u32 = 200_000;
/** How many nodes early: rows, and the offsets they are found by. */
export const ROWS_AHEAD: u32 = 8;
export const OFFSETS_AHEAD: u32 = 16;

export function looksAhead(nodes: u32): bool {
  return nodes >= NODES_MIN;
}

/** @param order nodes in the order of the sweep @returns something of both, which has to be used */
// @ts-ignore: decorator
@inline
export function touch(offsets: usize, targets: usize, order: usize, row: u32, offset: u32): u32 {
  return getU32(targets, getU32(offsets, getU32(order, row))) + getU32(offsets, getU32(order, offset));
}
