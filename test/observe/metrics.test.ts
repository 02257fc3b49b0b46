import { describe, expect, test } from 'vitest';
import { MetricsFold } from '../../src/observe/metrics.ts';
import { factsOf, of } from './facts.ts';

describe('an execution that was set back to a checkpoint', () => {
  const facts = factsOf(
    ['EXECUTION_STARTED', 0],
    ['TASK_STARTED', 0, of('a')],
    ['TASK_STARTED', 0, of('b')],
    ['RECOVERY_INITIATED', 10, { checkpointId: 'cp' }],
    ['TASK_STARTED', 50, of('b')],
    ['TASK_COMPLETED', 60, of('b')],
  );

  test('what ran then runs no more, until it starts anew', () => {
    const metrics = MetricsFold.of(facts).snapshot(100);
    expect(metrics.effectiveDuration).toBe(20);
    // Two side by side for 10 ms, then one for 10.
    expect(metrics.resourceEfficiency).toBeCloseTo(30 / 40);
  });

  test('a recovery after the loss of a host clears nothing: each attempt is told to be lost', () => {
    const lost = factsOf(
      ['EXECUTION_STARTED', 0],
      ['TASK_STARTED', 0, of('a')],
      ['RECOVERY_INITIATED', 10],
      ['TASK_RETRIED', 20, of('a')],
    );
    expect(MetricsFold.of(lost).snapshot(100).effectiveDuration).toBe(20);
  });

  test('after its end, it goes on', () => {
    const again = factsOf(
      ['EXECUTION_STARTED', 0],
      ['TASK_STARTED', 0, of('a')],
      ['TASK_COMPLETED', 10, of('a')],
      ['EXECUTION_COMPLETED', 10],
      ['RECOVERY_INITIATED', 30, { checkpointId: 'cp' }],
      ['TASK_STARTED', 30, of('a')],
    );
    const metrics = MetricsFold.of(again).snapshot(50);
    expect(metrics.totalDuration).toBe(50);
    expect(metrics.effectiveDuration).toBe(30);
  });
});
