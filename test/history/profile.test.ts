import fc from 'fast-check';
import { expect, test } from 'vitest';
import { historyMax, profileOf } from '../../src/history/profile.ts';
import { nodeRecord, recordOf } from './records.ts';

test('means, percentiles and rates of a hundred runs', () => {
  const records = Array.from({ length: 100 }, (_, index) =>
    recordOf(
      {},
      {
        status: index < 90 ? 'COMPLETED' : 'FAILED',
        startedAtMs: 1000,
        endedAtMs: 1000 + index + 1,
        nodes: {
          a: nodeRecord([index + 1], {
            failures: index < 5 ? 1 : 0,
            queuedMs: 7,
            ...(index < 2 && { outputBytes: 10 * (index + 1) }),
          }),
        },
      },
    ),
  );
  expect(profileOf(records)).toEqual({
    executions: 100,
    successRate: 0.9,
    p50Ms: 45,
    p95Ms: 86,
    nodes: {
      a: {
        runs: 100,
        attempts: 100,
        executions: 100,
        meanMs: 50.5,
        p50Ms: 50,
        p95Ms: 95,
        p99Ms: 99,
        spanMeanMs: 50.5,
        failureRate: 0.05,
        queuedMeanMs: 7,
        bytesMean: 15,
      },
    },
  });
});

test('a sample of many attempts weighs as much as the attempts it stands for', () => {
  const many = recordOf({}, { nodes: { a: nodeRecord([10, 10], { measured: 98, totalMs: 980 }) } });
  const few = recordOf({}, { nodes: { a: nodeRecord([500, 500]) } });
  expect(profileOf([many, few]).nodes.a).toMatchObject({ p50Ms: 10, p95Ms: 10, p99Ms: 500, meanMs: 19.8 });
});

test('nothing known, nothing claimed', () => {
  expect(profileOf([])).toEqual({ executions: 0, successRate: 1, p50Ms: 0, p95Ms: 0, nodes: {} });
  expect(profileOf([recordOf({ a: 5 }, { status: 'RUNNING' })])).toMatchObject({
    executions: 0,
    nodes: { a: { runs: 1 } },
  });
  expect(profileOf([recordOf({ a: 5 })]).nodes.a).not.toHaveProperty('bytesMean');
});

test('a profile looks at the newest thousand', () => {
  const list = Array.from({ length: historyMax }, (_, index) => recordOf({ a: index }, { executionId: `${index}` }));
  expect(profileOf([...Array.from({ length: 50 }, () => recordOf({ old: 1 })), ...list])).toEqual(profileOf(list));
});

test('percentiles are values that were seen, and rise', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.nat(10_000), { minLength: 1, maxLength: 9 }), { minLength: 1, maxLength: 30 }),
      (lists) => {
        const seen = lists.flat();
        const { a } = profileOf(lists.map((list) => recordOf({}, { nodes: { a: nodeRecord(list) } }))).nodes;
        if (a === undefined) throw new Error('a has to be there');
        const sorted = [...seen].sort((x, y) => x - y);
        for (const [q, value] of [
          [0.5, a.p50Ms],
          [0.95, a.p95Ms],
          [0.99, a.p99Ms],
        ] as const)
          expect(value).toBe(sorted[Math.ceil(q * sorted.length - 1e-9) - 1]);
      },
    ),
  );
});
