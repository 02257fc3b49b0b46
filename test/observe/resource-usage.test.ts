import { expect, test } from 'vitest';
import type { PublishedFact } from '../../src/engine/command.ts';
import { ResourceUsageFold } from '../../src/observe/resource-usage.ts';

let id = 0;
const fact = (type: PublishedFact['type'], atMs: number, more: Partial<PublishedFact> = {}): PublishedFact => ({
  id: ++id,
  type,
  atMs,
  taskId: 'a',
  ...more,
});

function fold(...facts: readonly PublishedFact[]): ResourceUsageFold {
  const usage = new ResourceUsageFold({ cpu: 0.5, memory: 0.25 });
  for (const each of facts) usage.take(each);
  return usage;
}

test('cost is amount × time held × price; efficiency the share in which an attempt ran', () => {
  const usage = fold(
    fact('RESOURCE_ALLOCATED', 100, { resources: { cpu: 2, disk: 1 } }),
    fact('TASK_STARTED', 120, { attempt: 1 }),
    fact('TASK_COMPLETED', 180, { attempt: 1 }),
    fact('RESOURCE_RELEASED', 200, { resources: { cpu: 2, disk: 1 } }),
  );
  expect(usage.snapshot(9999)).toEqual([
    {
      resourceId: 'a#1/cpu',
      resourceType: 'cpu',
      amountUsed: 2,
      cost: 100,
      startedAtMs: 100,
      endedAtMs: 200,
      efficiency: 0.6,
    },
    {
      resourceId: 'a#1/disk',
      resourceType: 'disk',
      amountUsed: 1,
      cost: 0,
      startedAtMs: 100,
      endedAtMs: 200,
      efficiency: 0.6,
    },
  ]);
  expect(usage.cost(9999)).toBe(100);
});

test('a release told before the end of its attempt counts that attempt; each retry is an allocation of its own', () => {
  const usage = fold(
    fact('RESOURCE_ALLOCATED', 0, { resources: { cpu: 1 } }),
    fact('TASK_STARTED', 0, { attempt: 1 }),
    fact('RESOURCE_RELEASED', 10, { resources: { cpu: 1 } }),
    fact('TASK_RETRIED', 10, { attempt: 1 }),
    fact('RESOURCE_ALLOCATED', 30, { resources: { cpu: 1 } }),
    fact('TASK_STARTED', 35, { attempt: 2 }),
  );
  const told = usage.snapshot(50).map(({ resourceId, cost, endedAtMs, efficiency }) => ({
    ...{ resourceId, cost, endedAtMs, efficiency },
  }));
  expect(told).toEqual([
    { resourceId: 'a#1/cpu', cost: 5, endedAtMs: 10, efficiency: 1 },
    { resourceId: 'a#2/cpu', cost: 10, endedAtMs: undefined, efficiency: 0.75 },
  ]);
});

test('what is held for no time wastes none, and nothing outlasts its execution', () => {
  const usage = fold(
    fact('RESOURCE_ALLOCATED', 5, { resources: { cpu: 1 } }),
    fact('RESOURCE_RELEASED', 5),
    fact('RESOURCE_ALLOCATED', 5, { resources: { cpu: 1 } }),
    fact('EXECUTION_CANCELLED', 9),
  );
  expect(usage.snapshot(1000).map(({ endedAtMs, efficiency }) => [endedAtMs, efficiency])).toEqual([
    [5, 1],
    [9, 0],
  ]);
});
