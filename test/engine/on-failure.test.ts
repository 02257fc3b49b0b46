import { describe, expect, test } from 'vitest';
import { Machine, started } from './machine.ts';

const undo = { compensate: { module: 'undo' } };

describe('compensation', () => {
  const program = { onFailure: 'compensate' as const };

  test('CP1 what succeeded is undone in reverse order, side by side where nothing forbids it', () => {
    const nodes = { a: undo, b: { ...undo, needs: ['a'] }, c: { ...undo, needs: ['a'] }, plain: { needs: ['b', 'c'] } };
    const machine = new Machine({ ...nodes, bad: { needs: ['plain'] } }, program);
    machine.succeed('a', 'b', 'c', 'plain');
    expect([...started(machine.fail('bad'))].sort()).toEqual(['compensate(b)', 'compensate(c)']);
    machine.succeed('compensate(c)');
    expect(machine.running).toEqual(['compensate(b)']);
    expect(started(machine.succeed('compensate(b)'))).toEqual(['compensate(a)']);
    const end = machine.succeed('compensate(a)').find(({ type }) => type === 'FinishExecution');
    expect(end).toMatchObject({
      status: 'FAILED',
      error: { code: 'BOOM', details: { compensated: ['a', 'b', 'c'], notCompensated: [] } },
    });
    expect(machine.told('TASK_COMPENSATED')).toEqual(['compensate(c)', 'compensate(b)', 'compensate(a)']);
  });

  test('CP1 what failed, was skipped or never ran is not undone; a completed execution is not either', () => {
    const nodes = { a: undo, bad: { ...undo }, after: { ...undo, needs: ['bad'] } };
    const machine = new Machine(nodes, program);
    machine.succeed('a');
    machine.fail('bad');
    expect(machine.running).toEqual(['compensate(a)']);
    const fine = new Machine({ a: undo }, program);
    fine.succeed('a');
    expect(fine.state.phase).toBe('finishing');
  });

  test('CP2 a compensation that fails for good stops no other, and is reported', () => {
    const machine = new Machine({ a: undo, b: { ...undo, needs: ['a'] }, bad: { needs: ['b'] } }, program);
    machine.succeed('a', 'b');
    machine.fail('bad');
    machine.fail('compensate(b)');
    const end = machine.succeed('compensate(a)').find(({ type }) => type === 'FinishExecution');
    expect(end).toMatchObject({
      error: {
        details: {
          compensated: ['a'],
          notCompensated: [{ taskId: 'compensate(b)', code: 'BOOM', message: 'boom' }],
        },
      },
    });
  });

  test('CP2 a compensation is retried as its node is, and starts over with a new host', () => {
    const retry = { attempts: 2, backoff: 'immediate' as const };
    const machine = new Machine({ a: { ...undo, retry }, bad: { needs: ['a'] } }, program);
    machine.succeed('a');
    machine.fail('bad');
    machine.fail('compensate(a)');
    machine.wake(0);
    expect(machine.running).toEqual(['compensate(a)']);
    machine.feed({ type: 'LeaseAcquired', epoch: 2, slots: 3 });
    expect(machine.running).toEqual(['compensate(a)']);
    machine.succeed('compensate(a)');
    expect(machine.state.phase).toBe('finishing');
  });
});

describe('onFailure: pause', () => {
  test('CP3 a failure that would end the execution pauses it, and a resume tries the task again', () => {
    const machine = new Machine({ a: {}, b: { needs: ['a'] } }, { onFailure: 'pause' });
    machine.fail('a');
    expect([machine.state.phase, machine.status('a')]).toEqual(['paused', 'ready']);
    expect(machine.facts.at(-1)).toMatchObject({ type: 'EXECUTION_PAUSED', error: { code: 'BOOM' } });
    machine.feed({ type: 'ResumeRequested' });
    machine.succeed('a', 'b');
    expect(machine.state.verdict).toBe(null);
  });

  test('CP3 a failure that is borne does not pause', () => {
    const machine = new Machine({ a: {}, b: { critical: false } }, { onFailure: 'pause', tolerance: { threshold: 1 } });
    machine.fail('a');
    machine.fail('b');
    expect(machine.state.phase).toBe('finishing');
  });
});

describe('recovery strategies', () => {
  const recovering = (more = {}) => {
    const machine = new Machine({ a: more, b: { needs: ['a'] } }, {}, {}, 100, { recovers: ['BOOM'] });
    machine.fail('a');
    return machine;
  };
  const decide = (machine: Machine, action: 'RETRY' | 'SKIP' | 'FALLBACK' | 'ABORT', variables = {}) =>
    machine.feed({ type: 'RecoveryDecided', node: 'a', action, message: 'so be it', variables });

  test('RV1 the strategy is asked when retries are spent, and RETRY begins anew', () => {
    const machine = recovering();
    expect(machine.status('a')).toBe('recovering');
    decide(machine, 'RETRY');
    expect(machine.running).toEqual(['a']);
  });

  test('RV1 SKIP skips the task, FALLBACK takes its fallback or fails it, ABORT ends the execution whatever it bears', () => {
    const skipped = recovering();
    decide(skipped, 'SKIP');
    expect([skipped.status('a'), skipped.state.verdict]).toEqual(['skipped', null]);
    const fallen = recovering({ fallback: { value: 1 } });
    decide(fallen, 'FALLBACK');
    expect(fallen.running).toEqual(['a']);
    const failed = recovering();
    decide(failed, 'FALLBACK');
    expect(failed.status('a')).toBe('failed');
    const aborted = recovering({ critical: false });
    decide(aborted, 'ABORT');
    expect(aborted.state.verdict).toMatchObject({ status: 'FAILED', error: { code: 'BOOM' } });
  });

  test('RV1 an error no strategy is for is not asked about', () => {
    const machine = new Machine({ a: {} }, {}, {}, 100, { recovers: ['OTHER'] });
    machine.fail('a');
    expect(machine.status('a')).toBe('failed');
    const any = new Machine({ a: {} }, {}, {}, 100, { recovers: ['*'] });
    any.fail('a');
    expect(any.status('a')).toBe('recovering');
  });

  test('RV2 what a strategy remembers is part of the state', () => {
    const machine = recovering();
    decide(machine, 'RETRY', { retry_count: 1 });
    expect(machine.state.variables).toEqual({ retry_count: 1 });
  });

  test('RV3 a strategy that never gives up is not asked for ever', () => {
    const machine = recovering();
    for (let asked = 0; machine.status('a') === 'recovering'; asked++) {
      expect(asked).toBeLessThan(100);
      decide(machine, 'RETRY');
      machine.fail('a');
    }
    expect(machine.status('a')).toBe('failed');
  });
});

describe('cancel with grace', () => {
  const graced = () => {
    const machine = new Machine({ a: {}, b: {}, later: { needs: ['a'] } });
    machine.feed({ type: 'CancelRequested', graceMs: 100 });
    return machine;
  };

  test('CT5 what runs may end by itself, and nothing more starts', () => {
    const machine = graced();
    expect([machine.running, machine.status('later')]).toEqual([['a', 'b'], 'cancelled']);
    machine.succeed('a');
    machine.succeed('b');
    expect([machine.status('a'), machine.state.phase]).toEqual(['succeeded', 'finishing']);
  });

  test('CT5 when the grace is over the rest is given up; a failure in it is not retried', () => {
    const machine = graced();
    machine.succeed('a');
    const commands = machine.wake(100);
    expect(commands.filter(({ type }) => type === 'AbortAttempt').length).toBe(1);
    expect([machine.status('b'), machine.state.phase]).toEqual(['cancelled', 'finishing']);
    const failing = new Machine({ a: { retry: { attempts: 3 } } });
    failing.feed({ type: 'CancelRequested', graceMs: 100 });
    failing.fail('a');
    expect([failing.status('a'), failing.state.phase]).toEqual(['cancelled', 'finishing']);
  });
});
