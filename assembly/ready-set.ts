import { getU32, getU64, setU64, zero } from './memory';
import { NOTHING_READY, QUEUE_LOW, QUEUE_MIDDLE, QUEUE_NODES, QUEUE_TOP, QUEUE_TOP_END } from './shared/codes';

/**
 * The ready nodes of a queue as a set of ranks: three levels of 64-bit words, a bit of a level telling whether the word below
 * holds anything. A word of the top stands for 262,144 ranks; what is larger has some more, which are looked through.
 *
 *     TOP       │ 0 … 0 0 0 1 │                             bit m: word m of MIDDLE holds something
 *                           └──┐
 *     MIDDLE    │ 0 … 0 1 0 1 │ 0 … 0 │                     bit w: word w of LOW holds something
 *                       │   └──────────────┐
 *     LOW       │ 1 0 … 0 │ 0 … 0 │ 0 1 1 0 … │ 0 … 0 │     bit r: rank r is ready
 *
 * What becomes ready by an edge, and which words become empty, the processor cannot guess, and a wrong guess costs more than
 * writing all three levels: so they are always written, and nothing is asked.
 */

/** Words of the three levels for so many ranks; one more each, for what is only written as it was (complete.ts). */
export function lowWords(nodes: u32): u32 {
  return (nodes >> 6) + 2;
}

export function middleWords(nodes: u32): u32 {
  return (nodes >> 12) + 2;
}

export function topWords(nodes: u32): u32 {
  return (nodes >> 18) + 2;
}

/** Adds the rank if `ready` is 1, and nothing if it is 0. */
// @ts-ignore: decorator
@inline
export function addIf(ready: u64, rank: u32, low: usize, middle: usize, top: usize): void {
  setU64(low, rank >> 6, getU64(low, rank >> 6) | (ready << (rank & 63)));
  setU64(middle, rank >> 12, getU64(middle, rank >> 12) | (ready << ((rank >> 6) & 63)));
  setU64(top, rank >> 18, getU64(top, rank >> 18) | (ready << ((rank >> 12) & 63)));
}

/** Of so many ranks one word of MIDDLE tells. */
export const ONE_MIDDLE_RANKS: u32 = 4096;

/**
 * `addIf` for a set of at most ONE_MIDDLE_RANKS, with its MIDDLE in a register, where a change need not wait for the one before
 * to be stored. @returns MIDDLE
 */
// @ts-ignore: decorator
@inline
export function addIfSmall(ready: u64, rank: u32, low: usize, middles: u64): u64 {
  setU64(low, rank >> 6, getU64(low, rank >> 6) | (ready << (rank & 63)));
  return middles | (ready << (rank >> 6));
}

/** `takeFirst` for a set whose changed MIDDLE is given; here it is stored. */
// @ts-ignore: decorator
@inline
export function takeFirstSmall(queue: usize, low: usize, middles: u64): i32 {
  const word = <u32>ctz(middles) & 63;
  const lows = getU64(low, word);
  const lowsLeft = lows & (lows - 1);
  const middlesLeft = middles & (middles - u64(lowsLeft == 0));
  setU64(low, word, lowsLeft);
  setU64(getU32(queue, QUEUE_MIDDLE), 0, middlesLeft);
  setU64(getU32(queue, QUEUE_TOP), 0, u64(middlesLeft != 0));
  return (word << 6) + <u32>ctz(lows);
}

/** Takes the lowest rank out. @returns NOTHING_READY when there is none. O(1) up to 262,144 ranks */
export function takeFirst(queue: usize): i32 {
  const low: usize = getU32(queue, QUEUE_LOW);
  const middle: usize = getU32(queue, QUEUE_MIDDLE);
  const top: usize = getU32(queue, QUEUE_TOP);
  const words = topWords(getU32(queue, QUEUE_NODES));
  let first: u32 = 0;
  while (getU64(top, first) == 0) if (++first == words) return NOTHING_READY;
  const tops = getU64(top, first);
  const second = (first << 6) + <u32>ctz(tops);
  const middles = getU64(middle, second);
  const third = (second << 6) + <u32>ctz(middles);
  const lows = getU64(low, third);
  // On every level it is the lowest bit that goes, if the word below has become empty.
  const lowsLeft = lows & (lows - 1);
  const middlesLeft = middles & (middles - u64(lowsLeft == 0));
  setU64(low, third, lowsLeft);
  setU64(middle, second, middlesLeft);
  setU64(top, first, tops & (tops - u64(middlesLeft == 0)));
  return (third << 6) + <u32>ctz(lows);
}

export function clearReady(queue: usize): void {
  const low: usize = getU32(queue, QUEUE_LOW);
  zero(low, <usize>getU32(queue, QUEUE_TOP_END) - low);
}
