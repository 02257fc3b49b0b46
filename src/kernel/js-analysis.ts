import { at, type Csr } from './csr.ts';
import type { Analysis } from './kernel.ts';

/** Kahn (1962) with levels, then a counting sort by level. O(n + e). */
export function analyse(csr: Csr, nodes: number): Analysis {
  const { offsets, targets } = csr;
  const degrees = csr.inDegrees.slice();
  const levels = new Uint32Array(nodes);
  const queue = new Uint32Array(nodes);
  let tail = 0;
  for (let node = 0; node < nodes; node++) if (degrees[node] === 0) queue[tail++] = node;
  let depth = 0;
  for (let head = 0; head < tail; head++) {
    const node = at(queue, head);
    const below = at(levels, node) + 1;
    depth = Math.max(depth, below);
    for (let edge = at(offsets, node); edge < at(offsets, node + 1); edge++) {
      const target = at(targets, edge);
      if (at(levels, target) < below) levels[target] = below;
      degrees[target] = at(degrees, target) - 1;
      if (degrees[target] === 0) queue[tail++] = target;
    }
  }
  if (tail < nodes) return { ok: false, cycle: findCycle(csr, degrees) };
  return { ok: true, order: orderByLevel(levels, depth), levels, depth };
}

function orderByLevel(levels: Uint32Array, depth: number): Uint32Array {
  const starts = new Uint32Array(depth + 1);
  for (const level of levels) starts[level + 1] = at(starts, level + 1) + 1;
  for (let level = 0; level < depth; level++) starts[level + 1] = at(starts, level + 1) + at(starts, level);
  const order = new Uint32Array(levels.length);
  for (let node = 0; node < levels.length; node++) {
    const level = at(levels, node);
    order[at(starts, level)] = node;
    starts[level] = at(starts, level) + 1;
  }
  return order;
}

/**
 * One simple cycle among the nodes Kahn left over (degree above 0). Each of them has a predecessor among them, so
 * walking from the smallest to its smallest such predecessor, and on, must come back to a node already seen. O(n + e).
 */
function findCycle({ offsets, targets }: Csr, degrees: Uint32Array): Uint32Array {
  const nodes = degrees.length;
  const predecessor = new Uint32Array(nodes).fill(nodes);
  for (let node = nodes - 1; node >= 0; node--) {
    if (degrees[node] === 0) continue;
    for (let edge = at(offsets, node); edge < at(offsets, node + 1); edge++) predecessor[at(targets, edge)] = node;
  }
  const position = new Int32Array(nodes).fill(-1);
  const walk: number[] = [];
  let node = degrees.findIndex((degree) => degree > 0);
  while (position[node] === -1) {
    position[node] = walk.length;
    walk.push(node);
    node = at(predecessor, node);
  }
  const cycle = Uint32Array.from(walk.slice(position[node])).reverse();
  const smallest = cycle.indexOf(cycle.reduce((least, each) => Math.min(least, each)));
  return Uint32Array.from(cycle, (_, index) => at(cycle, (index + smallest) % cycle.length));
}
