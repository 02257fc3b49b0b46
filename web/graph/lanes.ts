import type { LayoutInput } from './layout-input.ts';

/** How wide a lane is beside a box, boxes being 1. */
export const laneWidth = 0.36;
/** Beyond so many places in lanes the longest edges are drawn straight: there would be nothing to be made out. */
const placesMax = 60_000;

/**
 * The nodes of a graph and the free lanes that its long edges run in ("dummy nodes" of Sugiyama, Tagawa & Toda 1981). All
 * long edges of a node share one lane, which holds a place in every level that they pass. Nodes come first, places after them.
 */
export interface Laned {
  /** Nodes and places. */
  readonly count: number;
  readonly level: Uint32Array;
  /** First place of the lane of a node, the one in the level after it; -1 without a lane. */
  readonly lane: Int32Array;
  /** From each to its neighbours in the level before and after: those of i lie from `starts[i]` to `starts[i + 1]`. */
  readonly before: Neighbours;
  readonly after: Neighbours;
}

export interface Neighbours {
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

export function withLanes({ levels, dependents }: LayoutInput): Laned {
  const nodes = levels.length;
  const lane = new Int32Array(nodes).fill(-1);
  const spans = spansOf(levels, dependents);
  let count = nodes;
  for (const node of byLength(spans)) {
    if (count - nodes + (spans[node] ?? 0) > placesMax) break;
    lane[node] = count;
    count += spans[node] ?? 0;
  }
  const level = new Uint32Array(count);
  level.set(levels);
  const [from, to]: [number[], number[]] = [[], []];
  const join = (a: number, b: number): void => {
    from.push(a);
    to.push(b);
  };
  for (let node = 0; node < nodes; node++) {
    const first = lane[node] ?? -1;
    const own = levels[node] ?? 0;
    if (first >= 0) {
      for (let step = 0; step < (spans[node] ?? 0); step++) {
        level[first + step] = own + 1 + step;
        join(step === 0 ? node : first + step - 1, first + step);
      }
    }
    for (const dependent of dependents[node] ?? []) {
      const passed = (levels[dependent] ?? 0) - own - 1;
      if (passed <= 0) join(node, dependent);
      else if (first >= 0) join(first + passed - 1, dependent);
    }
  }
  return { count, level, lane, before: listed(to, from, count), after: listed(from, to, count) };
}

/** Where the neighbours are on the average; where it is itself, when it has none. */
export function meanOf(item: number, { starts, ends }: Neighbours, place: Float64Array): number {
  const [start, end] = [starts[item] ?? 0, starts[item + 1] ?? 0];
  if (start === end) return place[item] ?? 0;
  let sum = 0;
  for (let index = start; index < end; index++) sum += place[ends[index] ?? 0] ?? 0;
  return sum / (end - start);
}

/** How many levels the longest edge of each node passes. */
function spansOf(levels: Uint32Array, dependents: LayoutInput['dependents']): Uint32Array {
  return Uint32Array.from(levels, (own, node) =>
    (dependents[node] ?? []).reduce((most, dependent) => Math.max(most, (levels[dependent] ?? 0) - own - 1), 0),
  );
}

/** Nodes with long edges, those with the shortest first. */
function byLength(spans: Uint32Array): readonly number[] {
  const long: number[] = [];
  spans.forEach((span, node) => {
    if (span > 0) long.push(node);
  });
  return long.sort((a, b) => (spans[a] ?? 0) - (spans[b] ?? 0));
}

function listed(from: readonly number[], to: readonly number[], count: number): Neighbours {
  const starts = new Uint32Array(count + 1);
  for (const each of from) starts[each + 1] = (starts[each + 1] ?? 0) + 1;
  for (let index = 0; index < count; index++) starts[index + 1] = (starts[index + 1] ?? 0) + (starts[index] ?? 0);
  const next = starts.slice();
  const ends = new Uint32Array(to.length);
  from.forEach((each, index) => {
    const at = next[each] ?? 0;
    ends[at] = to[index] ?? 0;
    next[each] = at + 1;
  });
  return { starts, ends };
}
