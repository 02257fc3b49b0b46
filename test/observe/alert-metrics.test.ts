import { expect, test } from 'vitest';
import { AlertMetrics } from '../../src/observe/alert-metrics.ts';
import { MetricsFold } from '../../src/observe/metrics.ts';
import { boom, factsOf, of } from './facts.ts';

test('every field of the metrics has a name, and every name a number', () => {
  const names = AlertMetrics.names();
  expect(names).toEqual([
    ...Object.keys(new MetricsFold().snapshot(0)),
    'execution_duration',
    'progress',
    'failed_tasks',
    'retries',
    'running_tasks',
    'late_results',
    'queue_length',
  ]);
  for (const value of Object.values(new AlertMetrics().values(0))) expect(value).toEqual(expect.any(Number));
});

test('values are of the moment asked for', () => {
  const figures = new AlertMetrics();
  for (const fact of factsOf(
    ['EXECUTION_STARTED', 1000],
    ['TASK_STARTED', 1000, of('a')],
    ['TASK_STARTED', 1000, of('b')],
    ['TASK_FAILED', 1200, { ...of('b'), error: boom }],
  )) {
    figures.take(fact);
  }
  figures.progressed(50);
  expect(figures.values(1500)).toMatchObject({
    totalDuration: 500,
    execution_duration: 500,
    progress: 50,
    failed_tasks: 1,
    running_tasks: 1,
    errorRate: 1,
  });
  expect(figures.metrics(1500).totalDuration).toBe(500);
});
