import { expect, test } from 'vitest';
import type { PublishedFact } from '../../src/engine/command.ts';
import { ExecutionTotals } from '../../src/observe/execution-families.ts';
import { prometheusText } from '../../src/observe/prometheus.ts';
import { Machine } from '../engine/machine.ts';
import { factsOf, of } from './facts.ts';

/** The lines of samples, by name and labels. */
function samples(text: string): Readonly<Record<string, number>> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
  );
}

function ran(): Machine {
  const machine = new Machine({
    a: { retry: { attempts: 2 } },
    b: {},
    each: { needs: ['a'], forEach: { items: '${input.list}' } },
    never: { needs: ['b'], if: '${false}' },
    after: { needs: ['never'] },
  });
  machine.atMs += 20;
  machine.fail('a', { retryable: true });
  machine.succeed('b');
  machine.feed({ type: 'GuardEvaluated', node: 'never', outcome: { passed: false } });
  machine.wake(60_000);
  machine.atMs += 3000;
  machine.succeed('a');
  machine.feed({ type: 'ItemsResolved', node: 'each', outcome: { count: 3 } });
  machine.succeed('each[0]', 'each[1]', 'each[2]');
  machine.feed({ type: 'ExecutionFinished', status: 'COMPLETED', result: { value: null } });
  return machine;
}

const familiesOf = (...executions: readonly (readonly PublishedFact[])[]) => {
  const totals = new ExecutionTotals();
  for (const [index, facts] of executions.entries()) for (const fact of facts) totals.take(String(index), fact);
  return totals.families();
};

test('folds what the machine publishes', () => {
  const text = prometheusText(familiesOf(ran().facts, ran().facts));
  expect(samples(text)).toMatchObject({
    'heddle_executions_total{status="completed"}': 2,
    'heddle_executions_total{status="failed"}': 0,
    'heddle_tasks_total{status="succeeded"}': 10,
    'heddle_tasks_total{status="skipped"}': 4,
    'heddle_tasks_total{status="failed"}': 0,
    heddle_attempts_total: 12,
    'heddle_attempt_duration_seconds_bucket{le="0.001"}': 6,
    'heddle_attempt_duration_seconds_bucket{le="0.01"}': 6,
    'heddle_attempt_duration_seconds_bucket{le="0.025"}': 10,
    'heddle_attempt_duration_seconds_bucket{le="2.5"}': 10,
    'heddle_attempt_duration_seconds_bucket{le="5"}': 12,
    'heddle_attempt_duration_seconds_bucket{le="+Inf"}': 12,
    heddle_attempt_duration_seconds_count: 12,
  });
  expect(samples(text).heddle_attempt_duration_seconds_sum).toBeCloseTo(2 * (0.02 + 0.02 + 3), 9);
});

test('an execution under way counts what it has done', () => {
  const facts = factsOf(
    ['EXECUTION_STARTED', 0],
    ['TASK_STARTED', 1, of('a')],
    ['TASK_STARTED', 1, of('b')],
    ['TASK_FAILED', 2, of('b')],
  );
  expect(samples(prometheusText(familiesOf(facts)))).toMatchObject({
    'heddle_executions_total{status="completed"}': 0,
    'heddle_tasks_total{status="failed"}': 1,
    heddle_attempts_total: 2,
    heddle_attempt_duration_seconds_count: 1,
  });
});

test('no sample ever falls', () => {
  const totals = new ExecutionTotals();
  let before: Readonly<Record<string, number>> = {};
  for (const fact of ran().facts) {
    totals.take('ex', fact);
    const now = samples(prometheusText(totals.families()));
    for (const [name, value] of Object.entries(before)) expect(now[name]).toBeGreaterThanOrEqual(value);
    before = now;
  }
  expect(before.heddle_attempts_total).toBe(6);
});
