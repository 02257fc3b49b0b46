import { type Laned, laneWidth, meanOf, withLanes } from './lanes.ts';
import type { LayoutInput } from './layout-input.ts';
import { straighten } from './straighten.ts';

/** Places in steps: `along` counts levels; `across` is the middle of a box or lane, a box being 1 wide. */
export interface Layout {
  readonly along: Uint32Array;
  readonly across: Float64Array;
  /** The nodes of each level from one side to the other. */
  readonly rows: readonly (readonly number[])[];
  /** How wide all of it is. */
  readonly breadth: number;
  /** Where the edge runs in each level between its ends; empty for one that passes none, or for which there was no room. */
  lanesOf(from: number, to: number): Float64Array;
}

const sweeps = 12;

/**
 * Layered drawing (Sugiyama, Tagawa & Toda 1981): the levels are the kernel's, long edges get lanes of their own between the
 * boxes, crossings are lessened by barycentres, and then everything is drawn towards the middle of its neighbours without
 * passing what is beside it. Linear in nodes, edges and passed levels but for the sorting of levels.
 */
export function layOut(input: LayoutInput): Layout {
  const laned = withLanes(input);
  const rows = rowsOf(input, laned);
  const place = new Float64Array(laned.count);
  for (const row of rows) number(row, place);
  uncross(rows, laned, place);
  const nodes = input.levels.length;
  const width = (item: number): number => (item < nodes ? 1 : laneWidth);
  const breadth = straighten(rows, laned, place, width);
  const across = place;
  return {
    along: input.levels,
    across,
    rows: rows.map((row) => Array.from(row).filter((item) => item < nodes)),
    breadth,
    lanesOf(from, to) {
      const first = laned.lane[from] ?? -1;
      const passed = (input.levels[to] ?? 0) - (input.levels[from] ?? 0) - 1;
      return across.subarray(first, first < 0 ? first : first + Math.max(0, passed));
    },
  };
}

/** Each level in topological order, its lanes beside the nodes that they come from. */
function rowsOf({ depth, order, levels }: LayoutInput, { level, lane, count }: Laned): readonly Uint32Array[] {
  const sizes = new Uint32Array(depth);
  for (const each of level) sizes[each] = (sizes[each] ?? 0) + 1;
  const rows = Array.from({ length: depth }, (_, index) => new Uint32Array(sizes[index] ?? 0));
  const filled = new Uint32Array(depth);
  const put = (item: number): void => {
    const own = level[item] ?? 0;
    const row = rows[own] as Uint32Array;
    row[filled[own] ?? 0] = item;
    filled[own] = (filled[own] ?? 0) + 1;
  };
  for (const node of order) put(node);
  for (const node of order) {
    const first = lane[node] ?? -1;
    if (first < 0) continue;
    for (let item = first; item < count && level[item] === (levels[node] ?? 0) + 1 + item - first; item++) put(item);
  }
  return rows;
}

/** Every level sorted by the means of what its items are joined to, down and up in turns. */
function uncross(rows: readonly Uint32Array[], { before, after }: Laned, place: Float64Array): void {
  const wanted = new Float64Array(place.length);
  const byWanted = (a: number, b: number): number => (wanted[a] ?? 0) - (wanted[b] ?? 0);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const down = sweep % 2 === 0;
    let moved = false;
    for (let step = 1; step < rows.length; step++) {
      const row = rows[down ? step : rows.length - 1 - step] as Uint32Array;
      let last = Number.NEGATIVE_INFINITY;
      let isSorted = true;
      for (const item of row) {
        const mean = meanOf(item, down ? before : after, place);
        wanted[item] = mean;
        if (mean < last) isSorted = false;
        last = mean;
      }
      if (!isSorted) {
        moved = true;
        // Of equals the order stays: the sort is stable.
        row.set(Array.from(row).sort(byWanted));
      }
      number(row, place);
    }
    if (!moved && sweep > 1) return;
  }
}

function number(row: Uint32Array, place: Float64Array): void {
  for (let index = 0; index < row.length; index++) place[row[index] ?? 0] = index;
}
