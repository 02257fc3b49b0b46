import { beforeAll, describe, expect, test } from 'vitest';
import * as codes from '../../assembly/shared/codes.ts';
import type { EdgeList } from '../../src/kernel/edge-list.ts';
import type { Graph, GraphKernel } from '../../src/kernel/kernel.ts';
import { kernelLimits } from '../../src/kernel/kernel.ts';
import { SeededRandom } from '../../src/testing/seeded-random.ts';
import { NaiveGraph } from '../reference/naive-graph.ts';
import { kernels, randomDigraph } from './load.ts';

let js: GraphKernel;
let wasm: GraphKernel;
beforeAll(async () => {
  ({ js, wasm } = await kernels());
});

const list = (nodes: number, ...edges: readonly (readonly [number, number])[]): EdgeList => ({
  nodes,
  from: Uint32Array.from(edges, ([from]) => from),
  to: Uint32Array.from(edges, ([, to]) => to),
});

/** Loads into both, compares, and gives both back. */
function inBoth<T>(edges: EdgeList, compute: (graph: Graph) => T): T {
  const [a, b] = [js, wasm].map((kernel) => kernel.load(edges));
  try {
    const [left, right] = [compute(a as Graph), compute(b as Graph)];
    expect(bits(right)).toEqual(bits(left));
    return left;
  } finally {
    a?.release();
    b?.release();
  }
}

/** Doubles as their bits, so that 0 and -0 differ. */
function bits(value: unknown): unknown {
  if (value instanceof Float64Array) return new BigUint64Array(value.slice().buffer);
  if (Array.isArray(value) || value instanceof Uint32Array || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, bits(part)]));
}

function drive(graph: Graph, random: SeededRandom, priority?: Float64Array): number[] {
  const queue = graph.readyQueue(priority);
  const seen: number[] = [];
  const taken: number[] = [];
  for (;;) {
    const node = taken.length < 5 || random.chance(0.5) ? queue.next() : -1;
    if (node >= 0) taken.push(node);
    else if (taken.length === 0) break;
    else {
      const settled = taken.splice(0, random.int(1, taken.length));
      seen.push(...settled, -1, ...queue.settleAll(Uint32Array.from(settled)));
    }
  }
  return seen;
}

describe('20,000 random digraphs of up to 400 nodes, seed 1: WASM and JS agree to the last bit', () => {
  const totals = { cyclic: 0, acyclic: 0 };
  test.each(Array.from({ length: 10 }, (_, chunk) => chunk))('chunk %i of 2,000', { timeout: 60_000 }, (chunk) => {
    const random = new SeededRandom(1 + chunk);
    for (let n = 0; n < 2000; n++) {
      const edges = randomDigraph(random, 400);
      const naive = new NaiveGraph(edges);
      const analysis = inBoth(edges, (graph) => graph.analyse());
      if (!analysis.ok) {
        totals.cyclic++;
        const { cycle } = analysis;
        expect(new Set(cycle).size).toBe(cycle.length);
        cycle.forEach((node, index) =>
          expect(naive.hasEdge(node, cycle[(index + 1) % cycle.length] as number)).toBe(true),
        );
        continue;
      }
      totals.acyclic++;
      const durations = Float64Array.from({ length: edges.nodes }, () =>
        random.chance(0.1) ? 0 : random.next() * 100,
      );
      const { path, slack, earliest, latest } = inBoth(edges, (graph) => graph.criticalPath(durations));
      path.forEach((node, index) => {
        if (index > 0) expect(naive.hasEdge(path[index - 1] as number, node)).toBe(true);
        expect(slack[node]).toBe(0);
      });
      expect(earliest.every((start, node) => start <= (latest[node] as number))).toBe(true);
      if (n % 20 === 0) compareWithNaive(edges, naive, durations);
      const priority = random.chance(0.5)
        ? Float64Array.from(durations, (each) => Math.round(each / 10) - 5)
        : undefined;
      const seed = random.int(0, 2 ** 31);
      inBoth(edges, (graph) => drive(graph, new SeededRandom(seed), priority));
    }
  });

  test('both kinds were many', () => {
    expect(totals.cyclic).toBeGreaterThan(4000);
    expect(totals.acyclic).toBeGreaterThan(8000);
  });
});

function compareWithNaive(edges: EdgeList, naive: NaiveGraph, durations: Float64Array): void {
  const graph = js.load(edges);
  const analysis = graph.analyse();
  const levels = naive.levels();
  expect(analysis.ok && Array.from(analysis.levels)).toEqual(levels);
  if (edges.nodes > 12) return;
  const { bottomLevel, makespan } = graph.criticalPath(durations);
  const expected = Array.from(durations, (_, node) => naive.bottomLevel(node, durations));
  expected.forEach((length, node) => expect(bottomLevel[node]).toBeCloseTo(length, 9));
  expect(makespan).toBeCloseTo(Math.max(0, ...expected), 9);
}

test('1,000,000 nodes and 3,000,000 edges: identical', { timeout: 60_000 }, () => {
  const random = new SeededRandom(7);
  const nodes = 1_000_000;
  const from = Uint32Array.from({ length: 3_000_000 }, () => random.int(0, nodes - 2));
  const to = from.map((node) => random.int(node + 1, nodes - 1));
  const durations = Float64Array.from({ length: nodes }, () => random.next());
  const results = [js, wasm].map((kernel) => {
    const graph = kernel.load({ nodes, from, to });
    const result = { analysis: graph.analyse(), critical: graph.criticalPath(durations), queue: first(graph, 100_000) };
    graph.release();
    return bits(result);
  });
  expect(results[0]).toEqual(results[1]);
});

function first(graph: Graph, count: number): Uint32Array {
  const queue = graph.readyQueue();
  return Uint32Array.from({ length: count }, () => {
    const node = queue.next();
    if (node >= 0) queue.settle(node);
    return node;
  });
}

test('10 million edges are taken, one more is LIMIT_EXCEEDED, and results from before the growth stay', {
  timeout: 60_000,
}, () => {
  const small = wasm.load(list(3, [0, 1], [1, 2]));
  const before = small.criticalPath(Float64Array.of(1, 2, 3));
  const count = kernelLimits.edgesMax;
  const from = new Uint32Array(count);
  const to = new Uint32Array(count).fill(1);
  const graph = wasm.load({ nodes: 2, from, to });
  expect(graph.analyse()).toEqual({ ok: true, order: Uint32Array.of(0, 1), levels: Uint32Array.of(0, 1), depth: 2 });
  graph.release();
  expect(before.earliest).toEqual(Float64Array.of(0, 1, 3));
  expect(small.criticalPath(Float64Array.of(1, 2, 3)).makespan).toBe(6);
  small.release();
  for (const kernel of [js, wasm]) {
    const tooMany = { nodes: 2, from: new Uint32Array(count + 1), to: new Uint32Array(count + 1) };
    expect(() => kernel.load(tooMany)).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED', details: { limit: count, actual: count + 1 } }),
    );
    const nodes = kernelLimits.nodesMax + 1;
    expect(() => kernel.load({ nodes, from: new Uint32Array(), to: new Uint32Array() })).toThrow(/4000001 nodes/);
  }
});

describe('what is refused, by both in the same words', () => {
  const refused = (message: RegExp, attempt: (kernel: GraphKernel) => unknown): void => {
    for (const kernel of [js, wasm]) expect(() => attempt(kernel), kernel.kind).toThrow(message);
  };

  test('an endpoint that is not a node', () => {
    refused(/edge 1 goes from 0 to 2, but there are 2 nodes/, (kernel) => kernel.load(list(2, [0, 1], [0, 2])));
  });

  test.each([Number.NaN, -1, Number.POSITIVE_INFINITY])('a duration of %d', (bad) => {
    refused(/node 1 has the duration/, (kernel) => kernel.load(list(2)).criticalPath(Float64Array.of(1, bad)));
  });

  test('a path through a cycle', () => {
    refused(/a cycle of 2 nodes/, (kernel) => kernel.load(list(2, [0, 1], [1, 0])).criticalPath(new Float64Array(2)));
    refused(/a cycle of 1 nodes, one of them is 1/, (kernel) => kernel.load(list(2, [1, 1])).readyQueue());
  });

  test('settling what was not taken, twice, or what is not there; and then nothing has changed', () => {
    for (const kernel of [js, wasm]) {
      const queue = kernel.load(list(3, [0, 1], [0, 2])).readyQueue();
      expect(() => queue.settle(0)).toThrow(/was not taken/);
      expect(queue.next()).toBe(0);
      expect(() => queue.settleAll(Uint32Array.of(0, 1))).toThrow(/node 1 cannot be settled/);
      expect(() => queue.settleAll(Uint32Array.of(0, 0))).toThrow(/node 0 cannot be settled/);
      expect(() => queue.settle(9)).toThrow(/there are 3 nodes/);
      expect(queue.settle(0)).toEqual(Uint32Array.of(1, 2));
      expect(() => queue.settle(0)).toThrow(/settled already/);
    }
  });

  test('a graph that was released', () => {
    refused(/was released/, (kernel) => {
      const graph = kernel.load(list(1));
      graph.release();
      graph.analyse();
    });
  });
});

test('memory that was used before does not show: graphs of every size after one another, released in any order', () => {
  const random = new SeededRandom(3);
  const held: { graph: Graph; expected: unknown }[] = [];
  for (let n = 0; n < 500; n++) {
    const edges = randomDigraph(random, 3000);
    const reference = js.load(edges);
    held.push({ graph: wasm.load(edges), expected: reference.analyse() });
    if (random.chance(0.7)) {
      const [one] = held.splice(random.int(0, held.length - 1), 1);
      expect(one?.graph.analyse()).toEqual(one?.expected);
      one?.graph.release();
    }
  }
});

test('a queue starts over after reset', () => {
  for (const kernel of [js, wasm]) {
    const graph = kernel.load(list(4, [0, 1], [1, 2], [0, 3]));
    const queue = graph.readyQueue(Float64Array.of(0, 1, 2, 9));
    const run = () => {
      const order: number[] = [];
      for (let node = queue.next(); node >= 0; node = queue.next()) {
        order.push(node);
        queue.settle(node);
      }
      return order;
    };
    expect(run()).toEqual([0, 3, 1, 2]);
    queue.reset();
    expect(run()).toEqual([0, 3, 1, 2]);
  }
});

test('ties go to the lower index: order, path, queue', () => {
  const diamond = list(4, [0, 2], [0, 1], [2, 3], [1, 3]);
  expect(inBoth(diamond, (graph) => graph.analyse())).toMatchObject({ order: Uint32Array.of(0, 1, 2, 3) });
  expect(inBoth(diamond, (graph) => graph.criticalPath(new Float64Array(4).fill(1)).path)).toEqual(
    Uint32Array.of(0, 1, 3),
  );
  expect(inBoth(list(3), (graph) => drive(graph, new SeededRandom(1)).filter((node) => node >= 0))).toEqual([0, 1, 2]);
});

test('the constants both sides share are the same numbers', async () => {
  const { readFile } = await import('node:fs/promises');
  const asc = await import('assemblyscript/asc');
  const source = await readFile(new URL('../../assembly/shared/codes.ts', import.meta.url), 'utf8');
  const { binary, error, stderr } = await asc.compileString({ 'codes.ts': source }, { runtime: 'stub' });
  expect(error, stderr.toString()).toBeNull();
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(binary as BufferSource));
  for (const [name, value] of Object.entries(codes))
    expect((exports[name] as WebAssembly.Global).value, name).toBe(value);
});
