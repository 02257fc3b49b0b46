import { getF64, getU32, getU64, setU32, setU64, zero } from './memory';
import { allocate, free } from './slab';

/** Bits sorted by in one pass. */
const DIGIT_BITS: u32 = 11;
const BUCKETS: u32 = 1 << DIGIT_BITS;
const PASSES: u32 = 6;

/**
 * Sorts nodes by falling priority, ties by rising index: a stable LSD radix sort on the bits of the doubles (Knuth, TAOCP
 * vol. 3, 5.2.5), turned so that their order as integers is the order wanted. Passes in which all digits agree are skipped,
 * which for priorities of one magnitude is most of them.
 *
 * O(n). @param result u32[n] @param scratch u32[n] @returns false when there is no memory
 */
export function rankByPriority(priorities: usize, result: usize, scratch: usize, nodes: u32): bool {
  const keyBytes: u64 = 2 * 8 * <u64>nodes + 4 * <u64>BUCKETS;
  const slab = allocate(keyBytes);
  if (slab == 0) return false;
  let keys = slab;
  let otherKeys = slab + ((<usize>nodes) << 3);
  const counts = slab + ((<usize>nodes) << 4);
  let order = result;
  let otherOrder = scratch;
  for (let node: u32 = 0; node < nodes; node++) {
    setU64(keys, node, descending(getF64(priorities, node)));
    setU32(order, node, node);
  }
  for (let pass: u32 = 0; pass < PASSES; pass++) {
    const shift: u64 = pass * DIGIT_BITS;
    if (!countDigits(keys, counts, nodes, shift)) continue;
    for (let index: u32 = 0; index < nodes; index++) {
      const key = getU64(keys, index);
      const digit = <u32>(key >> shift) & (BUCKETS - 1);
      const place = getU32(counts, digit);
      setU32(counts, digit, place + 1);
      setU64(otherKeys, place, key);
      setU32(otherOrder, place, getU32(order, index));
    }
    const sortedKeys = otherKeys;
    otherKeys = keys;
    keys = sortedKeys;
    const sortedOrder = otherOrder;
    otherOrder = order;
    order = sortedOrder;
  }
  if (order != result) memory.copy(result, order, (<usize>nodes) << 2);
  free(slab, keyBytes);
  return true;
}

/** Counts the digits and turns the counts into places. @returns false when all digits are the same */
function countDigits(keys: usize, counts: usize, nodes: u32, shift: u64): bool {
  zero(counts, (<usize>BUCKETS) << 2);
  for (let index: u32 = 0; index < nodes; index++) {
    const digit = <u32>(getU64(keys, index) >> shift) & (BUCKETS - 1);
    setU32(counts, digit, getU32(counts, digit) + 1);
  }
  let sum: u32 = 0;
  for (let digit: u32 = 0; digit < BUCKETS; digit++) {
    const count = getU32(counts, digit);
    if (count == nodes) return false;
    setU32(counts, digit, sum);
    sum += count;
  }
  return true;
}

/** The bits of a double such that unsigned integers fall as the doubles rise. Adding 0 makes -0 and 0 one. */
function descending(priority: f64): u64 {
  const bits = reinterpret<u64>(priority + 0);
  const ascending = <i64>bits < 0 ? ~bits : bits | (<u64>1 << 63);
  return ~ascending;
}
