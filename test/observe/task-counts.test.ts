import { expect, test } from 'vitest';
import { TaskCountsFold } from '../../src/observe/task-counts.ts';
import { Machine } from '../engine/machine.ts';

function countsOf(machine: Machine, nowMs = machine.atMs) {
  const fold = new TaskCountsFold();
  for (const fact of machine.facts) fold.take(fact);
  return fold.snapshot(nowMs);
}

test('running and queued, as the machine has it', () => {
  const machine = new Machine({ a: {}, b: {}, c: {}, d: { needs: ['a'] } }, {}, {}, 2);
  expect(countsOf(machine)).toEqual({ failed: 0, retries: 0, running: 2, late: 0, queued: 1 });
  machine.succeed(...machine.running);
  expect(countsOf(machine)).toMatchObject({ running: 2, queued: 0 });
});

test('a task to be tried again is queued once it is due', () => {
  const machine = new Machine({ a: { retry: { attempts: 2, delayMs: 100, jitter: 'none' } } });
  machine.fail('a', { retryable: true });
  const dueAtMs = machine.facts.find(({ type }) => type === 'TASK_RETRIED')?.dueAtMs ?? 0;
  expect(countsOf(machine, dueAtMs - 1)).toMatchObject({ retries: 1, running: 0, queued: 0 });
  expect(countsOf(machine, dueAtMs)).toMatchObject({ retries: 1, running: 0, queued: 1 });
  machine.wake(60_000);
  expect(countsOf(machine)).toMatchObject({ retries: 1, running: 1, queued: 0 });
  machine.fail('a', { retryable: true });
  expect(countsOf(machine)).toMatchObject({ failed: 1, retries: 1, running: 0 });
});

test('a failed forEach node counts by its items', () => {
  const machine = new Machine({ each: { forEach: { items: '${input.list}' } } });
  machine.feed({ type: 'ItemsResolved', node: 'each', outcome: { count: 3 } });
  machine.fail('each[1]', { retryable: false });
  expect(machine.status('each')).toBe('failed');
  expect(countsOf(machine)).toEqual({ failed: 1, retries: 0, running: 0, late: 0, queued: 0 });
});

test('a lost host starts over, and what it still says is late', () => {
  const machine = new Machine({ a: {} });
  machine.feed({ type: 'LeaseAcquired', epoch: 2, slots: 1 });
  machine.feed({ type: 'AttemptSucceeded', node: 'a', attempt: 1, epoch: 1, output: { value: 1 } });
  expect(countsOf(machine)).toEqual({ failed: 0, retries: 1, running: 1, late: 1, queued: 0 });
});

test('set back to a checkpoint, what was under way is not', () => {
  const fold = new TaskCountsFold();
  const base = { atMs: 1 };
  fold.take({ ...base, id: 1, type: 'TASK_READY', taskId: 'a' });
  fold.take({ ...base, id: 2, type: 'TASK_STARTED', taskId: 'b', attempt: 1 });
  expect(fold.snapshot(1)).toMatchObject({ running: 1, queued: 1 });
  fold.take({ ...base, id: 3, type: 'RECOVERY_INITIATED', checkpointId: 'cp' });
  expect(fold.snapshot(1)).toMatchObject({ running: 0, queued: 0 });
});
