import { expect, test } from 'vitest';
import type { EdgeList } from '../../src/kernel/edge-list.ts';
import { SeededRandom } from '../../src/testing/seeded-random.ts';
import { kernels } from './load.ts';

/** Large enough for the sweeps to look ahead, and for a set of ranks with two words at the top. */
const nodes = 300_000;

test('a graph no cache holds: both kernels solve it and drive it alike, to the last bit', {
  timeout: 60_000,
}, async () => {
  const { js, wasm } = await kernels();
  const random = new SeededRandom(23);
  const edges = acyclic(random);
  const durations = Float64Array.from({ length: nodes }, () => random.next() * 100);
  const [left, right] = [js, wasm].map((kernel) => {
    const workspace = kernel.workspace(nodes, edges.from.length);
    const solved = workspace.solve(edges, durations);
    const { order, levels, bottomLevels, path } = workspace;
    const bits = new Uint32Array(bottomLevels.slice().buffer);
    return { solved, arrays: [order.slice(), levels.slice(), bits, path.slice(0, solved.pathLength)] };
  });
  expect(right?.solved).toEqual(left?.solved);
  left?.arrays.forEach((array, which) => expect(difference(array, right?.arrays[which])).toBe(-1));
  // The order of priorities is not the order of nodes, so that ranks of both words are ready at the same time.
  const [plain, fast] = [js, wasm].map((kernel) => drive(kernel.load(edges).readyQueue(durations)));
  expect(difference(plain as Uint32Array, fast)).toBe(-1);
});

function drive(queue: { next(): number; completeNext(node: number): number }): Uint32Array {
  const taken = new Uint32Array(nodes);
  let node = queue.next();
  for (let step = 0; node >= 0; step++) {
    taken[step] = node;
    node = queue.completeNext(node);
  }
  return taken;
}

/** Every node on two of the few thousand before it; numbers and edges in an order of their own. */
function acyclic(random: SeededRandom): EdgeList {
  const name = Uint32Array.from({ length: nodes }, (_, node) => node);
  for (let node = nodes - 1; node > 0; node--) {
    const other = random.int(0, node);
    const kept = name[node] as number;
    name[node] = name[other] as number;
    name[other] = kept;
  }
  const first = 3000;
  const length = 2 * (nodes - first);
  const place = (index: number) => first + ((index * 7919) % (nodes - first));
  const target = (edge: number) => place(edge >> 1);
  const source = (edge: number) => target(edge) - 1 - random.int(0, first - 1);
  const from = Uint32Array.from({ length }, (_, edge) => name[source(edge)] as number);
  return { nodes, from, to: Uint32Array.from({ length }, (_, edge) => name[target(edge)] as number) };
}

/** The first index at which they differ; -1 where they do not. */
function difference(left: Uint32Array, right: Uint32Array | undefined): number {
  if (left.length !== right?.length) return Math.min(left.length, right?.length ?? 0);
  return left.findIndex((value, index) => value !== right[index]);
}
