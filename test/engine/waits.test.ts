import { describe, expect, test } from 'vitest';
import { Machine, refOf } from './machine.ts';

const waits = (event: string, timeoutMs?: number) => ({
  waitFor: { event, ...(timeoutMs !== undefined && { timeoutMs }) },
});
const arrange = (machine: Machine, task: string, outcome: object) =>
  machine.feed({ type: 'WaitArranged', ...refOf(task), outcome } as never);
const signal = (machine: Machine, event: string, value: string) =>
  machine.feed({ type: 'SignalReceived', event, payload: { value } });
const output = (machine: Machine, id: string) => machine.state.tasks[machine.plan.indexOf.get(id) ?? -1]?.output;

describe('waits', () => {
  test('WT1 a wait begins although every slot is taken, and takes none', () => {
    const machine = new Machine({ busy: {}, more: {}, sleep: { sleepMs: 100 } }, {}, {}, 1);
    expect(machine.status('sleep')).toBe('arranging');
    arrange(machine, 'sleep', { sleepMs: 100 });
    expect([machine.status('sleep'), machine.status('more')]).toEqual(['awaiting', 'ready']);
    machine.wake(99);
    expect(machine.status('sleep')).toBe('awaiting');
    machine.wake(1);
    expect(machine.status('sleep')).toBe('succeeded');
  });

  test('WT1 sleepUntil ends at its time, at once when that has passed', () => {
    const machine = new Machine({ later: { sleepUntil: 'x' }, past: { sleepUntil: 'x' } });
    arrange(machine, 'later', { untilMs: machine.atMs + 50 });
    arrange(machine, 'past', { untilMs: 5 });
    machine.wake(0);
    expect([machine.status('later'), machine.status('past')]).toEqual(['awaiting', 'succeeded']);
    machine.wake(50);
    expect(machine.status('later')).toBe('succeeded');
  });

  test('WT2 a signal ends the first wait for its name alone, and its payload is the output', () => {
    const machine = new Machine({ a: waits('go'), b: waits('go'), c: waits('other') });
    for (const id of ['b', 'a']) arrange(machine, id, { event: 'go' });
    arrange(machine, 'c', { event: 'other' });
    signal(machine, 'go', 'one');
    expect(['a', 'b', 'c'].map((id) => machine.status(id))).toEqual(['succeeded', 'awaiting', 'awaiting']);
    expect(output(machine, 'a')).toEqual({ value: 'one' });
    signal(machine, 'go', 'two');
    expect(output(machine, 'b')).toEqual({ value: 'two' });
  });

  test('WT2 items wait for signals of their own', () => {
    const machine = new Machine({ each: { ...waits('go'), forEach: { items: 'x' } } }, {}, {}, 1);
    machine.feed({ type: 'ItemsResolved', node: 'each', outcome: { count: 3 } });
    for (const item of [0, 1, 2]) arrange(machine, `each[${item}]`, { event: `go-${item}` });
    for (const item of [2, 0, 1]) signal(machine, `go-${item}`, `payload ${item}`);
    expect(output(machine, 'each')).toEqual({ list: [0, 1, 2].map((item) => ({ value: `payload ${item}` })) });
  });

  test('WT3 signals that come early are kept, the oldest first', () => {
    const machine = new Machine({
      first: {},
      a: { ...waits('go'), needs: ['first'] },
      b: { ...waits('go'), needs: ['a'] },
    });
    signal(machine, 'go', 'one');
    signal(machine, 'go', 'two');
    machine.succeed('first');
    arrange(machine, 'a', { event: 'go' });
    arrange(machine, 'b', { event: 'go' });
    expect([output(machine, 'a'), output(machine, 'b')]).toEqual([{ value: 'one' }, { value: 'two' }]);
    expect(machine.state.signals).toEqual([]);
  });

  test('WT4 a signal that does not come in time fails the wait, whatever its retry says', () => {
    const machine = new Machine({ a: { ...waits('go', 50), retry: { attempts: 3 } } });
    arrange(machine, 'a', { event: 'go', timeoutMs: 50 });
    machine.wake(50);
    expect(machine.told('TASK_TIMED_OUT')).toEqual(['a']);
    expect(machine.state.tasks[0]).toMatchObject({ status: 'failed', error: { code: 'TIMEOUT' } });
  });

  test('WT4 the fallback of a wait takes over', () => {
    const machine = new Machine({ a: { ...waits('go', 50), fallback: { value: 'nobody came' } } });
    arrange(machine, 'a', { event: 'go', timeoutMs: 50 });
    machine.wake(50);
    machine.succeed('a');
    expect(machine.status('a')).toBe('succeeded');
  });

  test('CT1 a wait that ends while the execution is paused is recorded, what follows waits for the resume', () => {
    const machine = new Machine({ a: { sleepMs: 10 }, b: { needs: ['a'] } });
    arrange(machine, 'a', { sleepMs: 10 });
    machine.feed({ type: 'PauseRequested' });
    machine.wake(10);
    expect([machine.status('a'), machine.status('b')]).toEqual(['succeeded', 'ready']);
    machine.feed({ type: 'ResumeRequested' });
    expect(machine.running).toEqual(['b']);
  });

  test('CT2 a cancel ends waits', () => {
    const machine = new Machine({ a: waits('go') });
    arrange(machine, 'a', { event: 'go' });
    machine.feed({ type: 'CancelRequested' });
    expect([machine.status('a'), machine.state.phase]).toEqual(['cancelled', 'finishing']);
  });
});

describe('repeat', () => {
  const again = (machine: Machine, outcome: object) =>
    machine.feed({ type: 'RepeatEvaluated', node: 'a', outcome } as never);

  test('RP1 a task runs while its condition holds, at most maxIterations times', () => {
    const machine = new Machine({ a: { repeat: { while: 'a.more', maxIterations: 3 } } });
    machine.succeed('a');
    expect(machine.status('a')).toBe('checking');
    again(machine, { again: true });
    machine.succeed('a');
    again(machine, { again: true });
    // The third is the last: it is not asked about.
    machine.succeed('a');
    expect([machine.status('a'), machine.state.tasks[0]?.attempt]).toEqual(['succeeded', 3]);
  });

  test('RP1 it ends with the last output when the condition does not hold, and fails when it cannot be evaluated', () => {
    const machine = new Machine({ a: { repeat: { while: 'a.more', maxIterations: 3 } } });
    machine.succeed('a');
    again(machine, { again: false });
    expect(output(machine, 'a')).toEqual({ value: 'a' });
    const failing = new Machine({ a: { repeat: { while: 'a.more', maxIterations: 3 } } });
    failing.succeed('a');
    again(failing, { error: { code: 'BAD_EXPRESSION', message: 'no such member' } });
    expect(failing.status('a')).toBe('failed');
  });

  test('RP2 each iteration has all its retries', () => {
    const retry = { attempts: 2, backoff: 'immediate' as const, jitter: 'none' as const };
    const machine = new Machine({ a: { repeat: { while: 'a.more', maxIterations: 2 }, retry } });
    machine.fail('a');
    machine.wake(0);
    machine.succeed('a');
    again(machine, { again: true });
    machine.fail('a');
    machine.wake(0);
    machine.succeed('a');
    expect([machine.status('a'), machine.state.tasks[0]?.attempt]).toEqual(['succeeded', 4]);
  });
});
