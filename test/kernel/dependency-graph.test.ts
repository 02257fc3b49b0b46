import { expect, test } from 'vitest';
import { DependencyGraph } from '../../src/kernel/dependency-graph.ts';
import { kernels } from './load.ts';

test('string ids over both kernels', async () => {
  for (const kernel of Object.values(await kernels())) {
    const graph = new DependencyGraph(
      kernel,
      [
        ['a', 'c'],
        ['b', 'c'],
        ['c', 'd'],
      ],
      ['lonely'],
    );
    expect(graph.topologicalSort()).toEqual(['lonely', 'a', 'b', 'c', 'd']);
    expect(graph.dependencyLevels()).toEqual([['lonely', 'a', 'b'], ['c'], ['d']]);
    expect(graph.criticalPath(new Map([['b', 5]]))).toEqual({ path: ['b', 'c', 'd'], length: 7 });
    expect([graph.hasCycles(), graph.findCycle()]).toEqual([false, undefined]);
    const cyclic = new DependencyGraph(kernel, [
      ['x', 'y'],
      ['y', 'z'],
      ['z', 'x'],
      ['w', 'x'],
    ]);
    expect([cyclic.hasCycles(), cyclic.findCycle()]).toEqual([true, ['x', 'y', 'z']]);
    expect(() => cyclic.topologicalSort()).toThrow(
      expect.objectContaining({ code: 'CYCLE', details: { cycle: ['x', 'y', 'z'] } }),
    );
  }
});
