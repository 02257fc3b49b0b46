import { expect, test } from 'vitest';
import type { PublishedFact } from '../../src/engine/command.ts';
import { AttemptsFold } from '../../src/observe/attempts.ts';
import { Machine } from '../engine/machine.ts';
import { boom, factsOf, of } from './facts.ts';

function endedOf(facts: readonly PublishedFact[]): readonly string[] {
  const fold = new AttemptsFold();
  return facts
    .flatMap((fact) => fold.take(fact))
    .map(
      ({ taskId, attempt, repeat, startedAtMs, endedAtMs, outcome }) =>
        `${taskId}#${attempt}.${repeat} ${startedAtMs}-${endedAtMs} ${outcome}`,
    );
}

test('pairs starts with ends, of the machine as it publishes', () => {
  const machine = new Machine({ a: { retry: { attempts: 2 } }, b: {} });
  machine.atMs += 10;
  machine.fail('a', { retryable: true });
  machine.wake(5000);
  machine.atMs += 10;
  machine.succeed('a', 'b');
  const lines = endedOf(machine.facts);
  expect(lines[0]).toBe('a#1.0 1000-1010 failed');
  expect(lines[1]).toMatch(/^a#2\.0 6010-6020 succeeded$/);
  expect(lines[2]).toBe('b#1.0 1000-6020 succeeded');
});

test('items are tasks of their own; their node has no attempt', () => {
  const machine = new Machine({ each: { forEach: { items: '${input.list}' } } });
  machine.feed({ type: 'ItemsResolved', node: 'each', outcome: { count: 2 } });
  machine.succeed('each[1]', 'each[0]');
  expect(endedOf(machine.facts)).toEqual(['each[1]#1.0 1000-1000 succeeded', 'each[0]#1.0 1000-1000 succeeded']);
});

test('an attempt of a lost host is lost, and a new one begins', () => {
  const machine = new Machine({ a: {} });
  machine.atMs = 1500;
  machine.feed({ type: 'LeaseAcquired', epoch: 2, slots: 1 });
  machine.succeed('a');
  expect(endedOf(machine.facts)).toEqual(['a#1.0 1000-1500 lost', 'a#2.0 1500-1500 succeeded']);
});

test('a step back to a checkpoint ends what ran, and attempts may repeat', () => {
  const facts = factsOf(
    ['TASK_STARTED', 0, of('a')],
    ['TASK_STARTED', 1, of('b')],
    ['TASK_COMPLETED', 2, of('b')],
    ['RECOVERY_INITIATED', 5, { checkpointId: 'cp' }],
    ['TASK_STARTED', 6, of('b')],
    ['TASK_FAILED', 7, { ...of('b'), error: boom }],
  );
  expect(endedOf(facts)).toEqual(['b#1.0 1-2 succeeded', 'a#1.0 0-5 lost', 'b#1.1 6-7 failed']);
});

test('a task cancelled while it waits for its next attempt ends none', () => {
  const facts = factsOf(
    ['TASK_STARTED', 0, of('a')],
    ['TASK_RETRIED', 1, { ...of('a'), error: boom, dueAtMs: 9 }],
    ['TASK_CANCELLED', 2, of('a')],
    ['EXECUTION_CANCELLED', 3],
  );
  expect(endedOf(facts)).toEqual(['a#1.0 0-1 failed']);
});

test('what the end of the execution cuts off is lost', () => {
  const fold = new AttemptsFold();
  for (const fact of factsOf(['TASK_STARTED', 0, of('a')])) fold.take(fact);
  expect([...fold.open.keys()]).toEqual(['a']);
  const [lost] = fold.take({ id: 2, type: 'EXECUTION_FAILED', atMs: 4 });
  expect(lost).toMatchObject({ taskId: 'a', outcome: 'lost', endedAtMs: 4 });
  expect(fold.open.size).toBe(0);
});
