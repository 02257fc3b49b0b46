import type { EdgeList } from './edge-list.ts';

/** Compressed sparse rows: the targets of node u are `targets[offsets[u] .. offsets[u + 1])`. */
export interface Csr {
  readonly offsets: Uint32Array;
  readonly targets: Uint32Array;
  readonly inDegrees: Uint32Array;
}

/** Counting sort by source, stable: count, prefix, scatter. O(n + e). */
export function buildCsr({ nodes, from, to }: EdgeList): Csr {
  const offsets = new Uint32Array(nodes + 1);
  const inDegrees = new Uint32Array(nodes);
  for (let edge = 0; edge < from.length; edge++) {
    offsets[at(from, edge) + 1] = at(offsets, at(from, edge) + 1) + 1;
    inDegrees[at(to, edge)] = at(inDegrees, at(to, edge)) + 1;
  }
  for (let node = 0; node < nodes; node++) offsets[node + 1] = at(offsets, node + 1) + at(offsets, node);
  const cursor = offsets.slice();
  const targets = new Uint32Array(to.length);
  for (let edge = 0; edge < from.length; edge++) {
    const source = at(from, edge);
    targets[at(cursor, source)] = at(to, edge);
    cursor[source] = at(cursor, source) + 1;
  }
  return { offsets, targets, inDegrees };
}

/** Indices are right by construction; typed arrays cannot say so. */
export const at = (array: Uint32Array, index: number): number => array[index] as number;
export const atF = (array: Float64Array, index: number): number => array[index] as number;
