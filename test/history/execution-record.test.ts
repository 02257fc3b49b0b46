import { expect, test } from 'vitest';
import { tallyExecution } from '../../src/history/execution-record.ts';
import { packRecord, unpackRecord } from '../../src/history/packed-record.ts';
import type { ProgramNode } from '../../src/program/program.ts';
import { Machine } from '../engine/machine.ts';

/** As it is read from the store. */
const recordExecution = (...given: Parameters<typeof tallyExecution>) =>
  unpackRecord(packRecord(tallyExecution(...given)));

const header = { executionId: 'ex', programName: 'case', programDigest: 'd' };

/** Runs the real machine by hand: `act` lets time pass and answers its attempts. */
function run(nodes: { [id: string]: Partial<ProgramNode> }, act: (machine: Machine) => void, slots = 100): Machine {
  const machine = new Machine(nodes, {}, {}, slots);
  act(machine);
  if (machine.state.phase === 'finishing')
    machine.feed({ type: 'ExecutionFinished', status: machine.state.verdict?.status ?? 'COMPLETED' });
  return machine;
}

test('durations, waits, spans and sizes of a run', () => {
  const machine = run(
    { a: {}, b: {} },
    (it) => {
      it.atMs += 30;
      it.succeed('a');
      it.atMs += 12;
      it.succeed('b');
    },
    1,
  );
  const record = recordExecution(header, machine.facts, (value) => String(value).length);
  expect(record).toEqual({
    ...header,
    status: 'COMPLETED',
    startedAtMs: 1000,
    endedAtMs: 1042,
    nodes: {
      a: { ...one, totalMs: 30, maxMs: 30, samples: [30], spanMs: 30, queued: 1, queuedMs: 0, outputBytes: 1 },
      b: { ...one, totalMs: 12, maxMs: 12, samples: [12], spanMs: 12, queued: 1, queuedMs: 30, outputBytes: 1 },
    },
  });
  expect(JSON.parse(JSON.stringify(record))).toEqual(record);
  expect(recordExecution(header, machine.facts).nodes.a).not.toHaveProperty('outputBytes');
});

const one = { runs: 1, attempts: 1, failures: 0, measured: 1 };

test('a timeout and a failure are failures once each; the span covers the waits between attempts', () => {
  const machine = run(
    { a: { timeoutMs: 50, retry: { attempts: 3, backoff: 'fixed', delayMs: 20, jitter: 'none' } } },
    (it) => {
      it.wake(50);
      it.wake(20);
      it.atMs += 5;
      it.fail('a');
      it.wake(20);
      it.atMs += 7;
      it.succeed('a');
    },
  );
  expect(machine.facts.map(({ type }) => type)).toContain('TASK_TIMED_OUT');
  expect(recordExecution(header, machine.facts).nodes.a).toMatchObject({
    runs: 1,
    attempts: 3,
    failures: 2,
    measured: 3,
    totalMs: 62,
    maxMs: 50,
    samples: [50, 5, 7],
    spanMs: 102,
  });
});

test('items belong to their forEach node, however its id looks', () => {
  const machine = run({ 'a[0]': {}, crop: { forEach: { items: '${input.xs}' }, needs: ['a[0]'] } }, (it) => {
    it.atMs += 3;
    it.feed({ type: 'AttemptSucceeded', node: 'a[0]', attempt: 1, epoch: 1, output: { value: 1 } });
    it.feed({ type: 'ItemsResolved', node: 'crop', outcome: { count: 2 } });
    it.atMs += 10;
    it.succeed('crop[1]');
    it.atMs += 5;
    it.succeed('crop[0]');
  });
  const { nodes, status } = recordExecution(header, machine.facts, () => 4);
  expect(status).toBe('COMPLETED');
  expect(Object.keys(nodes)).toEqual(['a[0]', 'crop']);
  expect(nodes.crop).toMatchObject({ runs: 2, attempts: 2, samples: [10, 15], spanMs: 15, queued: 0, outputBytes: 8 });
});

test('an attempt lost with its host is an attempt, neither measured nor failed', () => {
  const machine = run({ a: {} }, (it) => {
    it.atMs += 40;
    it.feed({ type: 'LeaseAcquired', epoch: 2, slots: 4 });
    it.atMs += 6;
    it.succeed('a');
  });
  expect(recordExecution(header, machine.facts).nodes.a).toMatchObject({
    runs: 1,
    attempts: 2,
    failures: 0,
    measured: 1,
    samples: [6],
    spanMs: 46,
  });
});

test('what never ran is left out; an execution under way is RUNNING', () => {
  const failed = run({ a: {}, b: { needs: ['a'] } }, (it) => it.fail('a', { retryable: false }));
  expect(recordExecution(header, failed.facts)).toMatchObject({ status: 'FAILED', nodes: { a: { failures: 1 } } });
  expect(recordExecution(header, failed.facts).nodes).not.toHaveProperty('b');
  const open = recordExecution(header, run({ a: {} }, () => undefined).facts);
  expect(open).toMatchObject({ status: 'RUNNING', nodes: { a: { runs: 1, measured: 0 } } });
  expect(recordExecution(header, [])).toMatchObject({ status: 'PENDING', nodes: {} });
});
