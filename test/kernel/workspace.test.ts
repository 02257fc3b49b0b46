import { beforeAll, expect, test } from 'vitest';
import type { EdgeList } from '../../src/kernel/edge-list.ts';
import type { GraphKernel } from '../../src/kernel/kernel.ts';
import type { GraphWorkspace, Solved } from '../../src/kernel/workspace.ts';
import { SeededRandom } from '../../src/testing/seeded-random.ts';
import { kernels, randomDigraph } from './load.ts';

let both: readonly GraphKernel[];
let js: GraphKernel;
beforeAll(async () => {
  const { js: plain, wasm } = await kernels();
  js = plain;
  both = [plain, wasm];
});

/** What a graph of its own says, in the form a workspace answers. */
function expected(edges: EdgeList, durations: Float64Array) {
  const graph = js.load(edges);
  const analysis = graph.analyse();
  if (!analysis.ok) return analysis;
  const { bottomLevel, path, makespan } = graph.criticalPath(durations);
  return { ...analysis, bottomLevels: new BigUint64Array(bottomLevel.slice().buffer), path, makespan };
}

test('6,000 digraphs in one workspace, WASM and JS: what each says is what a graph of its own says, to the last bit', {
  timeout: 60_000,
}, () => {
  const random = new SeededRandom(11);
  const workspaces = both.map((kernel) => kernel.workspace(600, 2400));
  let acyclic = 0;
  for (let n = 0; n < 6000; n++) {
    const drawn = randomDigraph(random, 600);
    const edges = random.chance(0.2) ? grouped(drawn) : drawn;
    const durations = Float64Array.from({ length: edges.nodes }, () => (random.chance(0.1) ? 0 : random.next() * 100));
    const want = expected(edges, durations);
    acyclic += want.ok ? 1 : 0;
    for (const workspace of workspaces) {
      const { nodes } = edges;
      const solve = random.chance(0.5) ? () => workspace.solve(edges, durations) : written(workspace, edges, durations);
      if (!want.ok) {
        expect(solve).toThrow(expect.objectContaining({ code: 'CYCLE', details: { cycle: Array.from(want.cycle) } }));
        continue;
      }
      const { depth, makespan, pathLength } = solve();
      expect({
        ok: true,
        depth,
        makespan,
        order: workspace.order.slice(0, nodes),
        levels: workspace.levels.slice(0, nodes),
        bottomLevels: new BigUint64Array(workspace.bottomLevels.slice(0, nodes).buffer),
        path: workspace.path.slice(0, pathLength),
      }).toEqual(want);
    }
  }
  expect(acyclic).toBeGreaterThan(2000);
});

/** The same graph, written where it will be read. */
function written(workspace: GraphWorkspace, { nodes, from, to }: EdgeList, durations: Float64Array): () => Solved {
  workspace.input.from.set(from);
  workspace.input.to.set(to);
  workspace.input.durations.set(durations);
  return () => workspace.solveInput(nodes, from.length);
}

/** The same edges, grouped by source, as a builder by node would give them. */
function grouped({ nodes, from, to }: EdgeList): EdgeList {
  const order = Array.from(from, (_, edge) => edge).sort((a, b) => (from[a] ?? 0) - (from[b] ?? 0));
  return {
    nodes,
    from: Uint32Array.from(order, (edge) => from[edge] ?? 0),
    to: Uint32Array.from(order, (edge) => to[edge] ?? 0),
  };
}

test('both refuse the same in the same words', () => {
  const one = { nodes: 2, from: Uint32Array.of(0), to: Uint32Array.of(1) };
  const cases: readonly (readonly [EdgeList, Float64Array, RegExp])[] = [
    [{ ...one, to: Uint32Array.of(2) }, new Float64Array(2), /edge 0 goes from 0 to 2, but there are 2 nodes/],
    [{ ...one, to: Uint32Array.of(2 ** 32 - 1) }, new Float64Array(2), /edge 0 goes from 0 to 4294967295/],
    [one, Float64Array.of(1, -1), /node 1 has the duration -1/],
    [one, Float64Array.of(Number.NaN, 1), /node 0 has the duration NaN/],
    [{ ...one, nodes: 3 }, Float64Array.of(1, 1, Number.POSITIVE_INFINITY), /node 2 has the duration Infinity/],
    [one, new Float64Array(1), /1 duration for 2 nodes/],
    [{ ...one, nodes: 5 }, new Float64Array(5), /5 nodes, the kernel takes 4/],
    [{ ...one, from: new Uint32Array(2) }, new Float64Array(2), /2 sources and 1 targets/],
  ];
  for (const kernel of both) {
    const workspace = kernel.workspace(4, 4);
    for (const [edges, durations, message] of cases) expect(() => workspace.solve(edges, durations)).toThrow(message);
    // As many of both: only so much can be told from what was written.
    for (const [edges, durations, message] of cases.slice(0, 5))
      expect(written(workspace, edges, durations)).toThrow(message);
    for (const [nodes, edges] of [
      [5, 1],
      [2, 5],
      [-1, 0],
      [2, -1],
      [1.5, 0],
      [2, Number.NaN],
    ] as const)
      expect(() => workspace.solveInput(nodes, edges)).toThrow(/kernel takes 4|a graph has no/);
    expect(workspace.solve(one, Float64Array.of(1, 2))).toEqual({ depth: 2, makespan: 3, pathLength: 2 });
    workspace.release();
    expect(() => workspace.solve(one, Float64Array.of(1, 2))).toThrow(/was released/);
    expect(() => workspace.solveInput(2, 1)).toThrow(/was released/);
    expect(() => workspace.input).toThrow(/was released/);
    expect(() => kernel.workspace(4, 10_000_001)).toThrow(/10000001 edges/);
  }
});

test('views are good again after another graph has made the memory grow', () => {
  for (const kernel of both) {
    const workspace = kernel.workspace(3, 3);
    const chain = { nodes: 3, from: Uint32Array.of(2, 1), to: Uint32Array.of(1, 0) };
    workspace.solve(chain, Float64Array.of(1, 2, 3));
    const solveWritten = written(workspace, chain, Float64Array.of(1, 2, 5));
    const large = kernel.load({ nodes: 900_000, from: new Uint32Array(1), to: Uint32Array.of(1) });
    expect(workspace.order).toEqual(Uint32Array.of(2, 1, 0));
    expect(solveWritten().makespan).toBe(8);
    expect(workspace.solve(chain, Float64Array.of(1, 2, 4)).makespan).toBe(7);
    expect(workspace.bottomLevels).toEqual(Float64Array.of(1, 3, 7));
    large.release();
  }
});

test('of many successors the path takes the longest, though by rounding others add up to the same', () => {
  const random = new SeededRandom(12);
  for (let n = 0; n < 200; n++) {
    const nodes = 2 + random.int(5, 30);
    // One root that takes so long that what follows is lost in rounding, and successors that differ by little, if at all.
    const durations = Float64Array.from({ length: nodes }, (_, node) => (node === 0 ? 2 ** 53 : random.int(0, 3) / 8));
    const targets = Array.from({ length: nodes - 1 }, (_, index) => index + 1).sort(() => random.next() - 0.5);
    const edges = { nodes, from: new Uint32Array(nodes - 1), to: Uint32Array.from(targets) };
    const longest = durations.slice(1).reduce((most, each) => Math.max(most, each));
    const want = durations.indexOf(longest, 1);
    for (const kernel of both) {
      const workspace = kernel.workspace(nodes, nodes);
      const { pathLength } = workspace.solve(edges, durations);
      expect([...workspace.path.slice(0, pathLength)]).toEqual([0, want]);
      expect([...kernel.load(edges).criticalPath(durations).path]).toEqual([0, want]);
      workspace.release();
    }
  }
});
