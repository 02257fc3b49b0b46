import { fourTargets } from './masked';
import { getU32, getU64, setU32 } from './memory';
import { nodeTaken, SETTLED, TAKEN } from './queue';
import { addIf, addIfSmall, ONE_MIDDLE_RANKS, takeFirst, takeFirstSmall } from './ready-set';
import {
  NOT_TAKEN,
  NOTHING_READY,
  QUEUE_DEGREES,
  QUEUE_LOW,
  QUEUE_MIDDLE,
  QUEUE_NODES,
  QUEUE_OFFSETS,
  QUEUE_RANK_OF,
  QUEUE_TARGETS,
  QUEUE_TOP,
} from './shared/codes';

/**
 * Settles one node and takes the best that is ready then: what a loop over a graph does, in one call for each node.
 *
 * @returns NOTHING_READY when there is none; NOT_TAKEN, with nothing changed, when the node was not taken or is settled
 */
export function completeNext(queue: usize, node: u32): i32 {
  const nodes = getU32(queue, QUEUE_NODES);
  if (node >= nodes) return NOT_TAKEN;
  const rank = getU32(getU32(queue, QUEUE_RANK_OF), node);
  const degrees: usize = getU32(queue, QUEUE_DEGREES);
  if (getU32(degrees, rank) != TAKEN) return NOT_TAKEN;
  setU32(degrees, rank, SETTLED);
  const offsets: usize = getU32(queue, QUEUE_OFFSETS);
  const edge = getU32(offsets, rank);
  const left: i32 = getU32(offsets, rank + 1) - edge;
  return nodeTaken(queue, nodes <= ONE_MIDDLE_RANKS ? settleRowSmall(queue, edge, left) : settleRow(queue, edge, left));
}

/** Settles so many edges from `edge` on. @returns the best rank that is ready then, taken out */
// @ts-ignore: decorator
@inline
function settleRow(queue: usize, edge: u32, left: i32): i32 {
  const degrees: usize = getU32(queue, QUEUE_DEGREES);
  const targets: usize = getU32(queue, QUEUE_TARGETS);
  const low: usize = getU32(queue, QUEUE_LOW);
  const middle: usize = getU32(queue, QUEUE_MIDDLE);
  const top: usize = getU32(queue, QUEUE_TOP);
  const sentinel = getU32(queue, QUEUE_NODES);
  do {
    const four = fourTargets(targets, edge, left, sentinel);
    settleEdge(degrees, i32x4.extract_lane(four, 0), low, middle, top);
    settleEdge(degrees, i32x4.extract_lane(four, 1), low, middle, top);
    settleEdge(degrees, i32x4.extract_lane(four, 2), low, middle, top);
    settleEdge(degrees, i32x4.extract_lane(four, 3), low, middle, top);
    edge += 4;
    left -= 4;
  } while (left > 0);
  return takeFirst(queue);
}

/** The same in a queue of at most ONE_MIDDLE_RANKS. */
// @ts-ignore: decorator
@inline
function settleRowSmall(queue: usize, edge: u32, left: i32): i32 {
  const degrees: usize = getU32(queue, QUEUE_DEGREES);
  const targets: usize = getU32(queue, QUEUE_TARGETS);
  const low: usize = getU32(queue, QUEUE_LOW);
  const sentinel = getU32(queue, QUEUE_NODES);
  let middles = getU64(getU32(queue, QUEUE_MIDDLE), 0);
  do {
    const four = fourTargets(targets, edge, left, sentinel);
    middles = settleEdgeSmall(degrees, i32x4.extract_lane(four, 0), low, middles);
    middles = settleEdgeSmall(degrees, i32x4.extract_lane(four, 1), low, middles);
    middles = settleEdgeSmall(degrees, i32x4.extract_lane(four, 2), low, middles);
    middles = settleEdgeSmall(degrees, i32x4.extract_lane(four, 3), low, middles);
    edge += 4;
    left -= 4;
  } while (left > 0);
  return middles == 0 ? NOTHING_READY : takeFirstSmall(queue, low, middles);
}

// @ts-ignore: decorator
@inline
function settleEdge(degrees: usize, target: u32, low: usize, middle: usize, top: usize): void {
  addIf(u64(isLast(degrees, target)), target, low, middle, top);
}

// @ts-ignore: decorator
@inline
function settleEdgeSmall(degrees: usize, target: u32, low: usize, middles: u64): u64 {
  return addIfSmall(u64(isLast(degrees, target)), target, low, middles);
}

/** One dependency of the target is over. @returns whether that was the last one, and it is ready */
// @ts-ignore: decorator
@inline
function isLast(degrees: usize, target: u32): bool {
  const degree = getU32(degrees, target) - 1;
  setU32(degrees, target, degree);
  return degree == 0;
}
