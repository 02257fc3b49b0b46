import { bottomLevels } from './bottom-levels';
import { getF64, getU32, setF64, setU32, zero } from './memory';
import {
  GRAPH_BOTTOM_LEVELS,
  GRAPH_DURATIONS,
  GRAPH_EARLIEST,
  GRAPH_LATEST,
  GRAPH_LEVEL_STARTS,
  GRAPH_NODES,
  GRAPH_OFFSETS,
  GRAPH_ORDER,
  GRAPH_OUT,
  GRAPH_OUT_LENGTH,
  GRAPH_SLACK,
  GRAPH_TARGETS,
} from './shared/codes';

/**
 * The critical path method (Kelley & Walker 1959): earliest starts in one forward pass, bottom levels in one reverse sweep,
 * the path by always going on to the successor with the largest bottom level, then slack and latest starts.
 *
 * Needs the order of `analyse` and the durations, finite and not negative. O(n + e). The path is left in OUT.
 *
 * @returns the makespan
 */
export function weigh(graph: usize): f64 {
  forwardPass(graph);
  bottomLevels(graph);
  const makespan = walkPath(graph);
  slacks(graph, makespan);
  return makespan;
}

function forwardPass(graph: usize): void {
  const nodes = getU32(graph, GRAPH_NODES);
  const order: usize = getU32(graph, GRAPH_ORDER);
  const offsets: usize = getU32(graph, GRAPH_OFFSETS);
  const targets: usize = getU32(graph, GRAPH_TARGETS);
  const durations: usize = getU32(graph, GRAPH_DURATIONS);
  const earliest: usize = getU32(graph, GRAPH_EARLIEST);
  zero(earliest, (<usize>nodes) << 3);
  for (let index: u32 = 0; index < nodes; index++) {
    const node = getU32(order, index);
    const ends = getF64(earliest, node) + getF64(durations, node);
    const last = getU32(offsets, node + 1);
    for (let edge = getU32(offsets, node); edge < last; edge++) {
      const target = getU32(targets, edge);
      setF64(earliest, target, max(getF64(earliest, target), ends));
    }
  }
}

/** Successors from which on `largestOfMany` pays. */
const MANY: u32 = 8;

/**
 * From the root with the largest bottom level always on to the successor with the largest; ties go to the lower index. The
 * roots are the first level of the order. The path is left in OUT. @returns its length
 */
export function walkPath(graph: usize): f64 {
  const nodes = getU32(graph, GRAPH_NODES);
  const order: usize = getU32(graph, GRAPH_ORDER);
  const offsets: usize = getU32(graph, GRAPH_OFFSETS);
  const targets: usize = getU32(graph, GRAPH_TARGETS);
  const bottomLevels: usize = getU32(graph, GRAPH_BOTTOM_LEVELS);
  const out: usize = getU32(graph, GRAPH_OUT);
  // orderByLevel has moved every start to the end of its level.
  const roots: u32 = nodes == 0 ? 0 : getU32(getU32(graph, GRAPH_LEVEL_STARTS), 0);
  let node = nodes;
  for (let index: u32 = 0; index < roots; index++) {
    const root = getU32(order, index);
    if (node == nodes || getF64(bottomLevels, root) > getF64(bottomLevels, node)) node = root;
  }
  const makespan: f64 = node == nodes ? 0 : getF64(bottomLevels, node);
  let length: u32 = 0;
  while (node != nodes) {
    setU32(out, length++, node);
    const last = getU32(offsets, node + 1);
    const first = getU32(offsets, node);
    if (last - first >= MANY) {
      node = largestOfMany(graph, node, first, last);
      continue;
    }
    let next = nodes;
    let longest: f64 = -1;
    for (let edge = first; edge < last; edge++) {
      const target = getU32(targets, edge);
      const below = getF64(bottomLevels, target);
      if (below > longest || (below == longest && target < next)) {
        next = target;
        longest = below;
      }
    }
    node = next;
  }
  setU32(graph, GRAPH_OUT_LENGTH, length);
  return makespan;
}

/**
 * The successor of `walkPath` where there are many to choose from. The largest bottom level adds up to the node's own, and few
 * others do, by rounding: the processor guesses wrong once a node, and not at every one that is the largest so far.
 */
function largestOfMany(graph: usize, node: u32, first: u32, last: u32): u32 {
  const targets: usize = getU32(graph, GRAPH_TARGETS);
  const bottomLevels: usize = getU32(graph, GRAPH_BOTTOM_LEVELS);
  const own = getF64(getU32(graph, GRAPH_DURATIONS), node);
  const whole = getF64(bottomLevels, node);
  let next = getU32(graph, GRAPH_NODES);
  let longest: f64 = -1;
  for (let edge = first; edge < last; edge++) {
    const target = getU32(targets, edge);
    const below = getF64(bottomLevels, target);
    if (below + own != whole) continue;
    if (below > longest || (below == longest && target < next)) {
      next = target;
      longest = below;
    }
  }
  return next;
}

/** Sums in another order round differently, so on the path itself the slack is 0 by definition. */
function slacks(graph: usize, makespan: f64): void {
  const nodes = getU32(graph, GRAPH_NODES);
  const earliest: usize = getU32(graph, GRAPH_EARLIEST);
  const latest: usize = getU32(graph, GRAPH_LATEST);
  const slack: usize = getU32(graph, GRAPH_SLACK);
  const bottomLevels: usize = getU32(graph, GRAPH_BOTTOM_LEVELS);
  const path: usize = getU32(graph, GRAPH_OUT);
  for (let node: u32 = 0; node < nodes; node++) {
    setF64(slack, node, max<f64>(0, makespan - getF64(bottomLevels, node) - getF64(earliest, node)));
  }
  const length = getU32(graph, GRAPH_OUT_LENGTH);
  for (let index: u32 = 0; index < length; index++) setF64(slack, getU32(path, index), 0);
  for (let node: u32 = 0; node < nodes; node++) setF64(latest, node, getF64(earliest, node) + getF64(slack, node));
}
