import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addUsage, type Usage } from '../../src/engine/usage.ts';
import { Machine } from './machine.ts';

const figures = fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), fc.nat(100));
const usages: fc.Arbitrary<Usage> = fc.record(
  { calls: fc.nat(9), inputTokens: fc.nat(99), costUsd: fc.nat(9), resources: figures, metrics: figures },
  { requiredKeys: [] },
);

describe('AT10 usage', () => {
  test('AT10 is told whatever became of the attempt, late ones too, and changes nothing', () => {
    const machine = new Machine({ a: { retry: { attempts: 2 } }, b: {} });
    const usage = { inputTokens: 10 };
    const report = { type: 'UsageReported', node: 'a', attempt: 1, epoch: 1, usage } as const;
    const before = JSON.stringify(machine.state.tasks);
    machine.feed(report);
    expect(JSON.stringify(machine.state.tasks)).toBe(before);
    machine.fail('a', { retryable: true });
    machine.feed(report, { ...report, node: 'nobody' });
    machine.feed({ type: 'CancelRequested' }, { ...report, node: 'b', usage: { metrics: { pages: 1 } } });
    const told = machine.facts.filter(({ type }) => type === 'TASK_USAGE');
    expect(told.map(({ taskId, attempt, usage: of }) => [taskId, attempt, of])).toEqual([
      ['a', 1, usage],
      ['a', 1, usage],
      ['#-1', 1, usage],
      ['b', 1, { metrics: { pages: 1 } }],
    ]);
  });

  test('AT10 adds up in any order, but of resources the peak counts', () => {
    fc.assert(
      fc.property(usages, usages, usages, (a, b, c) => {
        expect(addUsage(addUsage(a, b), c)).toEqual(addUsage(a, addUsage(b, c)));
        expect(addUsage(a, b)).toEqual(addUsage(b, a));
        expect(addUsage(a, {})).toEqual(a);
      }),
      { numRuns: 200 },
    );
    const held = { resources: { memory_mb: 300 }, metrics: { pages: 2 } };
    expect(addUsage(held, { costUsd: 0.5, resources: { memory_mb: 200, gpu: 1 }, metrics: { pages: 3 } })).toEqual({
      costUsd: 0.5,
      resources: { memory_mb: 300, gpu: 1 },
      metrics: { pages: 5 },
    });
  });
});
