import { expect, test } from 'vitest';
import type { EdgeList } from '../../src/kernel/edge-list.ts';
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

test('the queue is the same at every size at which its set has another shape', async () => {
  const { js, wasm } = await kernels();
  const random = new SeededRandom(11);
  // 64 ranks a word, 4,096 a word of the second level, 262,144 a word of the third.
  for (const nodes of [1, 63, 64, 65, 4095, 4096, 4097, 8193, 262_143, 262_144, 262_145, 300_000]) {
    const edges = forwardEdges(random, nodes);
    const priority = Float64Array.from({ length: nodes }, () => random.int(0, 1000));
    const [slow, fast] = [js, wasm].map((kernel) => {
      const graph = kernel.load(edges);
      const queue = graph.readyQueue(priority);
      const seen = new Uint32Array(nodes);
      const taken = [queue.next(), queue.next(), queue.next()].filter((node) => node >= 0);
      let count = 0;
      for (let node = taken.shift(); node !== undefined; node = taken.shift()) {
        seen[count++] = node;
        for (let next = queue.completeNext(node); next >= 0; next = taken.length < 3 ? queue.next() : -1)
          taken.push(next);
      }
      graph.release();
      expect(count).toBe(nodes);
      return seen;
    });
    expect(fast).toEqual(slow);
  }
});

/** Each node waits for up to four that come before it, most of them near, some far. */
function forwardEdges(random: SeededRandom, nodes: number): EdgeList {
  const edges: [number, number][] = [];
  for (let node = 1; node < nodes; node++) {
    for (let edge = random.int(0, 4); edge > 0; edge--)
      edges.push([random.int(random.chance(0.8) ? Math.max(0, node - 50) : 0, node - 1), node]);
  }
  return { nodes, from: Uint32Array.from(edges, ([from]) => from), to: Uint32Array.from(edges, ([, to]) => to) };
}

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
