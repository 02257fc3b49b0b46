import { createEngine, DependencyGraph, defineModule } from 'heddle';
import { createJsKernel } from 'heddle/kernel';
import { expect, test } from 'vitest';

const nothing = defineModule({ name: 'nothing', version: '1', run: () => null });

/** So many nodes, each of which depends on up to three before it. */
function webOf(count: number) {
  const before = (index: number) => [1, 2, 7].flatMap((back) => (index >= back ? [`n${index - back}`] : []));
  const nodes = Array.from({ length: count }, (_, index) => [`n${index}`, { module: 'nothing', needs: before(index) }]);
  return { heddle: 1, name: 'web', nodes: Object.fromEntries(nodes) };
}

test('S1 starts in less than 5 s, engine and program together', async () => {
  const startedAtMs = performance.now();
  const engine = await createEngine({ modules: [nothing] });
  const { status } = await engine.execute({ heddle: 1, name: 'p', nodes: { a: { module: 'nothing' } } });
  expect(status).toBe('COMPLETED');
  expect(performance.now() - startedAtMs).toBeLessThan(5000);
});

test('S1 resolves the dependencies of a complex graph in less than 10 ms', () => {
  const edges = Object.entries(webOf(1000).nodes as Record<string, { needs: string[] }>).flatMap(([id, { needs }]) =>
    needs.map((of) => [of, id] as const),
  );
  const graph = new DependencyGraph(createJsKernel(), edges);
  const measure = (): number => {
    const startedAtMs = performance.now();
    graph.dependencyLevels();
    graph.criticalPath();
    return performance.now() - startedAtMs;
  };
  const best = Math.min(...Array.from({ length: 5 }, measure));
  expect(best).toBeLessThan(10);
});

test('S1 runs a program of more than 100 modules with complex dependencies', async () => {
  const engine = await createEngine({ modules: [nothing] });
  const { status, metrics } = await engine.execute(webOf(250));
  expect([status, metrics.tasksExecuted]).toEqual(['COMPLETED', 250]);
});

test('S1 keeps its slots more than 90 % busy where the work allows it', async () => {
  const rest = defineModule({
    name: 'rest',
    version: '1',
    run: () => new Promise<null>((resolve) => setTimeout(resolve, 40, null)),
  });
  const engine = await createEngine({ modules: [rest] });
  const items = Array.from({ length: 40 }, (_, index) => index);
  const nodes = { all: { module: 'rest', with: {}, forEach: { items, maxParallel: 8 } } };
  const { metrics } = await engine.execute({ heddle: 1, name: 'wide', nodes });
  expect(metrics.resourceEfficiency).toBeGreaterThan(0.9);
});

test('S3 schedules what becomes ready in less than 50 ms', async () => {
  const engine = await createEngine({ modules: [nothing] });
  const { timeline } = await engine.execute(webOf(100));
  const readyAtMs = new Map<string | undefined, number>();
  let longestMs = 0;
  for (const { type, taskId, timestamp } of timeline) {
    if (type === 'TASK_READY') readyAtMs.set(taskId, timestamp.getTime());
    const sinceMs = readyAtMs.get(taskId);
    if (type === 'TASK_STARTED' && sinceMs !== undefined) {
      longestMs = Math.max(longestMs, timestamp.getTime() - sinceMs);
    }
  }
  expect(readyAtMs.size).toBe(100);
  expect(longestMs).toBeLessThan(50);
});
