/** What is laid out: the levels of the kernel, and who depends on whom. */
export interface LayoutInput {
  readonly levels: Uint32Array;
  readonly depth: number;
  /** Topological; places within a level begin in this order. */
  readonly order: Uint32Array;
  readonly dependencies: readonly (readonly number[])[];
  readonly dependents: readonly (readonly number[])[];
}

/** Places in steps: `along` counts levels, `across` is the place within one, from 0 on. */
export interface Layout {
  readonly along: Uint32Array;
  readonly across: Float64Array;
  /** The nodes of each level from one side to the other. */
  readonly rows: readonly (readonly number[])[];
  /** Largest place across, plus 1. */
  readonly breadth: number;
}

const sweeps = 12;
const straightenings = 6;

/**
 * Layered drawing (Sugiyama, Tagawa & Toda 1981): the levels are the kernel's, crossings are lessened by barycentres, and
 * then every node is drawn towards the middle of its neighbours without passing the ones beside it. Linear in nodes and
 * edges but for the sorting of levels.
 */
export function layOut({ levels, depth, order, dependencies, dependents }: LayoutInput): Layout {
  const rows: number[][] = Array.from({ length: depth }, () => []);
  for (const node of order) rows[levels[node] ?? 0]?.push(node);
  const place = new Float64Array(levels.length);
  for (const row of rows) number(row, place);
  const wanted = new Float64Array(levels.length);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const down = sweep % 2 === 0;
    const neighbours = down ? dependencies : dependents;
    let moved = false;
    for (let step = 1; step < depth; step++) {
      const row = rows[down ? step : depth - 1 - step] ?? [];
      for (const node of row) wanted[node] = mean(neighbours[node] ?? [], place, place[node] ?? 0);
      const before = row.slice();
      row.sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
      moved ||= row.some((node, index) => node !== before[index]);
      number(row, place);
    }
    if (!moved && sweep > 1) break;
  }
  const breadth = straighten(rows, place, dependencies, dependents);
  return { along: levels, across: place, rows, breadth };
}

function number(row: readonly number[], place: Float64Array): void {
  row.forEach((node, index) => {
    place[node] = index;
  });
}

function mean(neighbours: readonly number[], place: Float64Array, otherwise: number): number {
  if (neighbours.length === 0) return otherwise;
  let sum = 0;
  for (const node of neighbours) sum += place[node] ?? 0;
  return sum / neighbours.length;
}

function straighten(
  rows: readonly (readonly number[])[],
  place: Float64Array,
  dependencies: LayoutInput['dependencies'],
  dependents: LayoutInput['dependents'],
): number {
  const widest = Math.max(1, ...rows.map(({ length }) => length));
  for (const row of rows) for (const node of row) place[node] = (place[node] ?? 0) + (widest - row.length) / 2;
  for (let round = 0; round < straightenings; round++) {
    const neighbours = round % 2 === 0 ? dependencies : dependents;
    for (const row of rows) {
      const wanted = row.map((node) => mean(neighbours[node] ?? [], place, place[node] ?? 0));
      spread(row, wanted, place, widest);
    }
  }
  return widest;
}

/** The places nearest to those wanted that keep the order, a step between neighbours, and stay on the sheet. */
function spread(row: readonly number[], wanted: readonly number[], place: Float64Array, widest: number): void {
  let last = -1;
  row.forEach((node, index) => {
    const most = widest - (row.length - index);
    last = Math.min(most, Math.max(last + 1, wanted[index] ?? 0));
    place[node] = last;
  });
}
