import { getU32, setU32 } from './memory';

/**
 * Memory for graphs and queues. A slab is a power of two of bytes, so that one that was given back serves any later
 * graph of its size class; the free slabs of a class are a list threaded through their own first words.
 *
 *     static area                     heap
 *     ┌────┬────┬─ ... ─┬────┐        ┌────────────┬──────────────┬───────────
 *     │ 10 │ 11 │       │ 31 │ ──────→│ free slab  │ used slab    │ never used
 *     └────┴────┴─ ... ─┴────┘        └────────────┴──────────────┴───────────
 *      first free slab of each class                               ↑ top
 */
const CLASS_MIN: u32 = 10;
const CLASS_MAX: u32 = 31;
const freeLists: usize = memory.data(4 * 32);

/** Zero until the first slab: a start that is computed would be code to compile and run with every instance. */
let top: usize = 0;

/** O(1) but for growth. @returns 0 when there is no memory left */
export function allocate(bytes: u64): usize {
  if (bytes > (<u64>1 << CLASS_MAX)) return 0;
  const sizeClass = classOf(<u32>bytes);
  const free = getU32(freeLists, sizeClass);
  if (free != 0) {
    setU32(freeLists, sizeClass, getU32(free, 0));
    return free;
  }
  top = max(top, (__heap_base + 15) & ~15);
  const end = <u64>top + (<u64>1 << sizeClass);
  const pagesNeeded = <i32>((end + 0xffff) >> 16);
  const missing = pagesNeeded - memory.size();
  if (pagesNeeded > 0xffff) return 0;
  if (missing > 0 && memory.grow(missing) < 0) return 0;
  const slab = top;
  top = <usize>end;
  return slab;
}

/** Gives a slab back. O(1) */
export function free(slab: usize, bytes: u64): void {
  const sizeClass = classOf(<u32>bytes);
  setU32(slab, 0, getU32(freeLists, sizeClass));
  setU32(freeLists, sizeClass, <u32>slab);
}

/** Exponent of the smallest power of two that holds so many bytes. */
function classOf(bytes: u32): u32 {
  const exponent = 32 - clz<u32>(bytes - 1);
  return max(exponent, CLASS_MIN);
}
