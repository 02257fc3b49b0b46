import { type Laned, meanOf } from './lanes.ts';

const rounds = 8;
/** A lane that bends is worse than a box beside the middle of its neighbours. */
const laneWeight = 3;

/**
 * Turns the order of every level into places: each item as near as can be to the mean of its neighbours, in the order of its
 * level, none over another. @returns how wide all of it is; the smallest place has half a width before it
 */
export function straighten(
  rows: readonly Uint32Array[],
  { before, after }: Laned,
  place: Float64Array,
  width: (item: number) => number,
): number {
  let breadth = 1;
  for (const row of rows) {
    let wide = 0;
    for (const item of row) {
      place[item] = wide + width(item) / 2;
      wide += width(item);
    }
    breadth = Math.max(breadth, wide);
  }
  for (const row of rows) {
    const last = row[row.length - 1] ?? 0;
    const shift = (breadth - (place[last] ?? 0) - width(last) / 2) / 2;
    for (const item of row) place[item] = (place[item] ?? 0) + shift;
  }
  for (let round = 0; round < rounds; round++) {
    const down = round % 2 === 0;
    for (let step = 0; step < rows.length; step++) {
      const row = rows[down ? step : rows.length - 1 - step] as Uint32Array;
      settle(row, (item) => meanOf(item, down ? before : after, place), place, width, breadth);
    }
  }
  return trimmed(rows, place, width);
}

/**
 * The places nearest to those wanted (least squares) with nothing over another: isotonic regression by pooling adjacent
 * violators (Ayer et al. 1955) of the places less the widths before them. Linear in the row.
 */
function settle(
  row: Uint32Array,
  wanted: (item: number) => number,
  place: Float64Array,
  width: (item: number) => number,
  breadth: number,
): void {
  const [sums, weights, sizes]: [number[], number[], number[]] = [[], [], []];
  let before = 0;
  for (const item of row) {
    const own = width(item);
    const weight = own < 1 ? laneWeight : 1;
    sums.push((wanted(item) - before - own / 2) * weight);
    weights.push(weight);
    sizes.push(1);
    before += own;
    for (let top = sums.length - 1; top > 0 && valueAt(sums, weights, top - 1) > valueAt(sums, weights, top); top--) {
      for (const list of [sums, weights, sizes]) list[top - 1] = (list[top - 1] ?? 0) + (list.pop() ?? 0);
    }
  }
  const most = breadth - before;
  let [index, used] = [0, 0];
  sizes.forEach((size, pool) => {
    const offset = Math.min(most, Math.max(0, valueAt(sums, weights, pool)));
    for (let step = 0; step < size; step++) {
      const item = row[index++] ?? 0;
      place[item] = offset + used + width(item) / 2;
      used += width(item);
    }
  });
}

function valueAt(sums: readonly number[], weights: readonly number[], pool: number): number {
  return (sums[pool] ?? 0) / (weights[pool] ?? 1);
}

/** Without what is free on both sides. */
function trimmed(rows: readonly Uint32Array[], place: Float64Array, width: (item: number) => number): number {
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (const row of rows) {
    const [first, last] = [row[0] ?? 0, row[row.length - 1] ?? 0];
    low = Math.min(low, (place[first] ?? 0) - width(first) / 2);
    high = Math.max(high, (place[last] ?? 0) + width(last) / 2);
  }
  if (!Number.isFinite(low)) return 1;
  for (let item = 0; item < place.length; item++) place[item] = (place[item] ?? 0) - low;
  return high - low;
}
