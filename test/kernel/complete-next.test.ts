import { expect, test } from 'vitest';
import { IdGraph } from '../../src/kernel/id-graph.ts';
import type { Graph } from '../../src/kernel/kernel.ts';
import { SeededRandom } from '../../src/testing/seeded-random.ts';
import { kernels, randomDigraph } from './load.ts';

/** Takes `width` nodes at first, then settles the oldest and takes the next, by `completeNext` or by the two calls it stands for. */
function drive(graph: Graph, priority: Float64Array, width: number, one: boolean): number[] {
  const queue = graph.readyQueue(priority);
  const taken: number[] = [];
  const seen: number[] = [];
  const take = (node: number) => {
    seen.push(node);
    if (node >= 0) taken.push(node);
  };
  for (let n = 0; n < width; n++) take(queue.next());
  for (let node = taken.shift(); node !== undefined; node = taken.shift()) {
    if (one) take(queue.completeNext(node));
    else {
      queue.settle(node);
      take(queue.next());
    }
    expect(() => queue.completeNext(node)).toThrow(/settled already/);
  }
  expect(() => queue.completeNext(graph.nodes)).toThrow(/nodes/);
  return seen;
}

test('completeNext is settle and next, in both kernels', async () => {
  const { js, wasm } = await kernels();
  const random = new SeededRandom(5);
  for (let n = 0; n < 400; n++) {
    const edges = randomDigraph(random, 200);
    if (!js.load(edges).analyse().ok) continue;
    const priority = Float64Array.from({ length: edges.nodes }, () => random.int(0, 9));
    const width = random.int(1, 5);
    const ways = [js, wasm].flatMap((kernel) =>
      [true, false].map((one) => {
        const graph = kernel.load(edges);
        const seen = drive(graph, priority, width, one);
        graph.release();
        return seen;
      }),
    );
    for (const way of ways.slice(1)) expect(way).toEqual(ways[0]);
  }
});

test('ids become numbers in the order in which they are first named, and a cleared graph forgets them', () => {
  const graph = new IdGraph();
  graph.node('alone');
  for (let n = 0; n < 200; n++) graph.edge(`a${n}`, 'b');
  const { nodes, from, to } = graph.edges;
  expect([nodes, from.length, from[0], to[0], from[199], to[199]]).toEqual([202, 200, 1, 2, 201, 2]);
  expect(graph.ids.slice(0, 4)).toEqual(['alone', 'a0', 'b', 'a1']);
  graph.clear();
  graph.edge('b', 'a1');
  expect(graph.edges).toEqual({ nodes: 2, from: Uint32Array.of(0), to: Uint32Array.of(1) });
});
