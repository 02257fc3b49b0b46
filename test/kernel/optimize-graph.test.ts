import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DependencyGraph } from '../../src/kernel/dependency-graph.ts';
import { gains } from '../../src/kernel/gains.ts';
import { createJsKernel } from '../../src/kernel/js-kernel.ts';
import { kernels } from './load.ts';

test('measured durations decide the order, the critical path and what is worth making faster', async () => {
  for (const kernel of Object.values(await kernels())) {
    const graph = new DependencyGraph(kernel, [
      ['fetch', 'score'],
      ['load', 'score'],
      ['score', 'report'],
      ['load', 'log'],
    ]);
    expect(graph.optimizeGraph({ fetch: 10, load: 100, score: 40, report: 5, log: 20 })).toEqual({
      order: ['load', 'fetch', 'score', 'log', 'report'],
      criticalPath: { path: ['load', 'score', 'report'], length: 145 },
      levels: [['load', 'fetch'], ['score', 'log'], ['report']],
      // Without load, fetch still takes 10; without score, load and log still take 120.
      bottlenecks: [
        { id: 'load', meanMs: 100, gainMs: 90 },
        { id: 'score', meanMs: 40, gainMs: 25 },
        { id: 'report', meanMs: 5, gainMs: 5 },
      ],
    });
  }
});

test('what is not measured counts 1, whatever its id, and a cycle is told', () => {
  const graph = new DependencyGraph(createJsKernel(), [['constructor', 'b']]);
  expect(graph.optimizeGraph().criticalPath).toEqual({ path: ['constructor', 'b'], length: 2 });
  const cyclic = new DependencyGraph(createJsKernel(), [
    ['a', 'b'],
    ['b', 'a'],
  ]);
  expect(() => cyclic.optimizeGraph()).toThrow(expect.objectContaining({ code: 'CYCLE' }));
});

const dags = fc
  .integer({ min: 1, max: 14 })
  .chain((nodes) =>
    fc.record({
      durations: fc.array(fc.nat(20), { minLength: nodes, maxLength: nodes }),
      edges: fc.array(fc.tuple(fc.nat(nodes - 1), fc.nat(nodes - 1)), { maxLength: 30 }),
    }),
  )
  .map(({ durations, edges }) => ({ durations, edges: edges.filter(([from, to]) => from < to) }));

test('the order respects every edge even with durations of 0', () => {
  fc.assert(
    fc.property(dags, ({ durations, edges }) => {
      const ids = durations.map((_, index) => `n${index}`);
      const graph = new DependencyGraph(
        createJsKernel(),
        edges.map(([from, to]) => [`n${from}`, `n${to}`] as const),
        ids,
      );
      const { order } = graph.optimizeGraph(Object.fromEntries(ids.map((id, index) => [id, durations[index] ?? 0])));
      expect([...order].sort()).toEqual([...ids].sort());
      for (const [from, to] of edges) expect(order.indexOf(`n${from}`)).toBeLessThan(order.indexOf(`n${to}`));
    }),
  );
});

test('gains are those of trying every node, however early the search stops', () => {
  fc.assert(
    fc.property(dags, fc.integer({ min: 1, max: 4 }), ({ durations, edges }, limit) => {
      const graph = createJsKernel().load({
        nodes: durations.length,
        from: Uint32Array.from(edges, ([from]) => from),
        to: Uint32Array.from(edges, ([, to]) => to),
      });
      const weights = Float64Array.from(durations);
      const whole = graph.criticalPath(weights);
      const tried = durations
        .map((_, node) => ({
          node,
          gain: whole.makespan - graph.criticalPath(weights.map((ms, index) => (index === node ? 0 : ms))).makespan,
        }))
        .filter(({ gain }) => gain > 0)
        .sort((a, b) => b.gain - a.gain || a.node - b.node);
      const found = gains(graph, weights, whole, limit);
      // Which of several with the same gain are the last to be named is left open.
      expect(found.map(({ gain }) => gain)).toEqual(tried.slice(0, limit).map(({ gain }) => gain));
      for (const each of found) expect(tried).toContainEqual(each);
    }),
  );
});
