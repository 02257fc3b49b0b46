/** Successors from which on `largestOfMany` pays. */
const many = 8;

/**
 * The critical path, in the form V8 compiles best: from the root with the largest bottom level always on to the successor with the
 * largest; ties go to the lower index. @returns its length
 */
export function walkPath(
  nodes: number,
  roots: number,
  order: Int32Array,
  offsets: Int32Array,
  targets: Int32Array,
  durations: Float64Array,
  levels: Float64Array,
  path: Uint32Array,
): number {
  let node = nodes;
  let longest = -1;
  for (let index = 0; index < roots; index++) {
    const root = order[index] as number;
    const below = levels[root] as number;
    if (below <= longest) continue;
    longest = below;
    node = root;
  }
  let length = 0;
  while (node < nodes) {
    path[length++] = node;
    const end = offsets[node + 1] as number;
    const first = offsets[node] as number;
    if (end - first >= many) {
      node = largestOfMany(nodes, first, end, targets, durations[node] as number, levels, levels[node] as number);
      continue;
    }
    let next = nodes;
    longest = -1;
    for (let edge = first; edge < end; edge++) {
      const target = targets[edge] as number;
      const below = levels[target] as number;
      if (below > longest || (below === longest && target < next)) {
        next = target;
        longest = below;
      }
    }
    node = next;
  }
  return length;
}

/** As in assembly/paths.ts: few others than the largest add up to the whole, so the processor guesses wrong once a node. */
function largestOfMany(
  nodes: number,
  first: number,
  end: number,
  targets: Int32Array,
  own: number,
  levels: Float64Array,
  whole: number,
): number {
  let next = nodes;
  let longest = -1;
  for (let edge = first; edge < end; edge++) {
    const target = targets[edge] as number;
    const below = levels[target] as number;
    if (below + own !== whole) continue;
    if (below > longest || (below === longest && target < next)) {
      next = target;
      longest = below;
    }
  }
  return next;
}
