import { describe, expect, test } from 'vitest';
import { apply } from '../../src/engine/apply.ts';
import { saveState } from '../../src/engine/checkpoint.ts';
import { outstanding } from '../../src/engine/outstanding.ts';
import { nodeTask, Step } from '../../src/engine/step.ts';
import { move } from '../../src/engine/transitions.ts';
import { Machine, started } from './machine.ts';

describe('readiness', () => {
  test('RD4 a node starts when its own dependency ends, whatever its level is doing', () => {
    const machine = new Machine({ a: {}, slow: {}, b: { needs: ['a'] } });
    expect(machine.running).toEqual(['a', 'slow']);
    expect(started(machine.succeed('a'))).toEqual(['b']);
  });

  test('RD2 skips run down a chain of 20,000 nodes without overflowing the stack', () => {
    const nodes = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, n) => [`n${n}`, n === 0 ? {} : { needs: [`n${n - 1}`] }]),
    );
    const machine = new Machine(nodes, { tolerance: 'tolerant' });
    machine.fail('n0');
    expect(machine.status('n19999')).toBe('skipped');
    expect(machine.state.phase).toBe('finishing');
  });

  test('RD1 join any starts at the first success, quorum at the n-th', () => {
    const machine = new Machine({
      a: {},
      b: {},
      c: {},
      any: { needs: ['a', 'b', 'c'], join: 'any' },
      two: { needs: ['a', 'b', 'c'], join: { quorum: 2 } },
    });
    expect(started(machine.succeed('b'))).toEqual(['any']);
    expect(started(machine.succeed('a'))).toEqual(['two']);
  });

  test('RD1 trigger failure runs on failure only, always in any case', () => {
    const machine = new Machine(
      {
        a: {},
        onFailure: { needs: ['a'], trigger: 'failure' },
        anyway: { needs: ['a'], trigger: 'always' },
        next: { needs: ['a'] },
      },
      { tolerance: 'tolerant' },
    );
    machine.fail('a');
    expect(machine.running).toEqual(['anyway', 'onFailure']);
    expect(machine.status('next')).toBe('skipped');
  });

  test('RD3 a false guard skips, an error fails, a true one lets pass', () => {
    const machine = new Machine({ no: { if: 'x' }, bad: { if: 'x' }, yes: { if: 'x' } }, { tolerance: 'tolerant' });
    machine.feed(
      { type: 'GuardEvaluated', node: 'no', outcome: { passed: false } },
      { type: 'GuardEvaluated', node: 'bad', outcome: { error: { code: 'BAD_EXPRESSION', message: 'no x' } } },
      { type: 'GuardEvaluated', node: 'yes', outcome: { passed: true } },
    );
    expect([machine.status('no'), machine.status('bad'), machine.status('yes')]).toEqual([
      'skipped',
      'failed',
      'running',
    ]);
  });
});

describe('dispatch', () => {
  test('DP1 priority first, then the longest way to a sink, then the index', () => {
    const machine = new Machine(
      { a: {}, b: {}, c: { priority: 9 }, d: {}, end: { needs: ['d'] } },
      {},
      { concurrency: 1 },
    );
    const order = [];
    while (machine.running[0] !== undefined) {
      order.push(machine.running[0]);
      machine.succeed(machine.running[0]);
    }
    expect(order).toEqual(['c', 'd', 'a', 'b', 'end']);
  });

  test('DP2 the least of slots, limit and option counts; DP4 sequential runs one at a time', () => {
    const four = { a: {}, b: {}, c: {}, d: {} };
    expect(new Machine(four, {}, {}, 3).running.length).toBe(3);
    expect(new Machine(four, { limits: { concurrency: 2 } }).running.length).toBe(2);
    expect(new Machine(four, { limits: { concurrency: 1 } }, { concurrency: 4 }).running.length).toBe(4);
    expect(new Machine(four, { strategy: 'sequential' }).running).toEqual(['a']);
  });
});

describe('forEach', () => {
  const items = (count: number) => ({ type: 'ItemsResolved', node: 'each', outcome: { count } }) as const;

  test('FE1 no items is a success with an empty list', () => {
    const machine = new Machine({ each: { forEach: { items: '${x}' } } });
    machine.feed(items(0));
    expect(machine.state.tasks[0]?.output).toEqual({ list: [] });
  });

  test('FE2 at most maxParallel items exist at a time; FE3 outputs come in the order of items', () => {
    const machine = new Machine({ each: { forEach: { items: '${x}', maxParallel: 2 } } });
    machine.feed(items(4));
    expect(machine.running).toEqual(['each[0]', 'each[1]']);
    machine.succeed('each[1]');
    expect(machine.running).toEqual(['each[0]', 'each[2]']);
    machine.succeed('each[2]', 'each[0]', 'each[3]');
    expect(machine.state.tasks[0]?.output).toEqual({
      list: ['each[0]', 'each[1]', 'each[2]', 'each[3]'].map((value) => ({ value })),
    });
  });

  test('FE2 10,000 items never make more tasks than may run', () => {
    const machine = new Machine({ each: { forEach: { items: '${x}' } } }, {}, {}, 8);
    machine.feed(items(10_000));
    let most = 0;
    for (let item = 0; item < 10_000; item++) {
      most = Math.max(most, machine.state.fanOuts.get(0)?.live.size ?? 0);
      apply(machine.plan, machine.state, {
        type: 'AttemptSucceeded',
        node: 'each',
        item,
        attempt: 1,
        epoch: 1,
        output: { value: item },
        seq: machine.state.seq + 1,
        atMs: 0,
      });
    }
    expect(most).toBe(8);
    expect(machine.status('each')).toBe('succeeded');
  });

  test('FE4 one failure too many fails the node and cancels its other items', () => {
    const machine = new Machine({ each: { forEach: { items: '${x}', tolerance: { threshold: 1 } } } });
    machine.feed(items(5));
    machine.fail('each[0]');
    expect(machine.status('each')).toBe('fanned');
    machine.fail('each[1]');
    expect(machine.status('each')).toBe('failed');
    expect(machine.told('TASK_CANCELLED')).toEqual(['each[2]', 'each[3]', 'each[4]']);
    expect(machine.running).toEqual([]);
  });

  test('FE3 a borne failure is null in the output', () => {
    const machine = new Machine({ each: { forEach: { items: '${x}', tolerance: 'tolerant' } } });
    machine.feed(items(2));
    machine.fail('each[0]');
    machine.succeed('each[1]');
    expect(machine.state.tasks[0]?.output).toEqual({ list: [null, { value: 'each[1]' }] });
  });
});

describe('attempts', () => {
  const retry = { attempts: 3, backoff: 'fixed', delayMs: 100, jitter: 'none' } as const;

  test('AT1, AT3 attempts are numbered and end with the policy', () => {
    const machine = new Machine({ a: { retry } });
    machine.fail('a');
    expect(machine.status('a')).toBe('waiting');
    machine.wake(100);
    machine.fail('a');
    machine.wake(100);
    machine.fail('a');
    expect(machine.status('a')).toBe('failed');
    expect(machine.facts.filter((fact) => fact.type === 'TASK_STARTED').map((fact) => fact.attempt)).toEqual([1, 2, 3]);
  });

  test('RC4 a wake-up that comes early or twice does nothing, and the next one is armed again', () => {
    const machine = new Machine({ a: { retry } });
    machine.fail('a');
    expect(machine.wake(50)).toContainEqual({ type: 'WakeAt', atMs: 1100 });
    expect(machine.status('a')).toBe('waiting');
    expect(started(machine.wake(50))).toEqual(['a']);
    expect(started(machine.wake(0))).toEqual([]);
  });

  test('AT2 a late answer is told and changes nothing', () => {
    const machine = new Machine({ a: { retry } });
    machine.fail('a');
    machine.wake(100);
    machine.feed({ type: 'AttemptSucceeded', node: 'a', attempt: 1, epoch: 1, output: { value: 'late' } });
    expect(machine.status('a')).toBe('running');
    expect(machine.told('LATE_RESULT')).toEqual(['a']);
  });

  test('AT5 a timed-out attempt is given up, told, and tried again', () => {
    const machine = new Machine({ a: { timeoutMs: 50, retry: { ...retry, delayMs: 0 } } });
    const commands = machine.wake(50);
    expect(commands.some((command) => command.type === 'AbortAttempt')).toBe(true);
    expect(machine.told('TASK_TIMED_OUT')).toEqual(['a']);
    expect(started(commands)).toEqual(['a']);
  });

  test('AT6 the fallback gets one attempt when the policy is spent', () => {
    const machine = new Machine({ a: { fallback: { value: 1 } } });
    const commands = machine.fail('a');
    expect(commands).toContainEqual(expect.objectContaining({ type: 'StartAttempt', attempt: 2, fallback: true }));
    machine.fail('a');
    expect(machine.status('a')).toBe('failed');
  });

  test('AT7, RC2 attempts lost with their host start over and cost nothing', () => {
    const machine = new Machine({ a: {} });
    for (let epoch = 2; epoch < 12; epoch++)
      expect(started(machine.feed({ type: 'LeaseAcquired', epoch, slots: 1 }))).toEqual(['a']);
    machine.succeed('a');
    expect(machine.status('a')).toBe('succeeded');
  });
});

describe('the end', () => {
  const finish = (machine: Machine) => machine.ordered.findLast((command) => command.type === 'FinishExecution');

  test('EN1 completes when all have settled; EN5 and then nothing more happens', () => {
    const machine = new Machine({ a: {}, b: { needs: ['a'] } });
    machine.succeed('a', 'b');
    expect(finish(machine)).toEqual({ type: 'FinishExecution', status: 'COMPLETED' });
    machine.feed({ type: 'ExecutionFinished', status: 'COMPLETED', result: { value: 1 } });
    expect(machine.feed({ type: 'CancelRequested' })).toEqual([]);
    expect(machine.state.finished?.status).toBe('COMPLETED');
  });

  test('EN2 strict stops at the first failure but lets clean-up nodes run', () => {
    const machine = new Machine({ a: {}, b: {}, cleanup: { needs: ['b'], trigger: 'always' } });
    machine.fail('a');
    expect(machine.status('b')).toBe('cancelled');
    expect(machine.running).toEqual(['cleanup']);
    machine.succeed('cleanup');
    expect(finish(machine)).toMatchObject({ status: 'FAILED', error: { code: 'BOOM', details: { taskId: 'a' } } });
  });

  test('EN2 a threshold bears its number of failures and no more', () => {
    const machine = new Machine({ a: {}, b: {}, c: {}, d: {} }, { tolerance: { threshold: 1 } });
    machine.fail('a');
    expect(machine.running).toEqual(['b', 'c', 'd']);
    machine.fail('b');
    expect(machine.running).toEqual([]);
    expect(finish(machine)).toMatchObject({ status: 'FAILED', error: { code: 'TOO_MANY_FAILURES' } });
  });

  test('EN3 a node that is not critical may fail', () => {
    const machine = new Machine({ a: { critical: false }, b: {} });
    machine.fail('a');
    machine.succeed('b');
    expect(finish(machine)).toMatchObject({ status: 'COMPLETED' });
  });

  test('EN4 the execution itself times out', () => {
    const machine = new Machine(
      { a: {}, cleanup: { needs: ['a'], trigger: 'always' } },
      { limits: { timeoutMs: 500 } },
    );
    machine.wake(500);
    expect(machine.running).toEqual([]);
    expect(finish(machine)).toMatchObject({ status: 'FAILED', error: { code: 'TIMEOUT' } });
  });
});

describe('control', () => {
  test('CT1 while paused nothing starts, and what runs is still recorded', () => {
    const machine = new Machine({ a: {}, b: { needs: ['a'] } });
    machine.feed({ type: 'PauseRequested' });
    expect(started(machine.succeed('a'))).toEqual([]);
    expect(machine.status('b')).toBe('ready');
    expect(started(machine.feed({ type: 'ResumeRequested' }))).toEqual(['b']);
  });

  test('CT2, DP3 a cancel leaves nothing running, not even clean-up', () => {
    const machine = new Machine({ a: {}, cleanup: { needs: ['a'], trigger: 'always' } });
    const commands = machine.feed({ type: 'CancelRequested', reason: 'enough' });
    expect(commands.some((command) => command.type === 'AbortAttempt')).toBe(true);
    expect(started(commands)).toEqual([]);
    expect(machine.state.derived.running.size).toBe(0);
    expect(commands).toContainEqual({
      type: 'FinishExecution',
      status: 'CANCELLED',
      error: { code: 'ABORTED', message: 'enough' },
    });
  });

  test('CT3 requests out of place change nothing', () => {
    const machine = new Machine({ a: {} });
    expect(machine.feed({ type: 'ResumeRequested' })).toEqual([]);
    machine.feed({ type: 'PauseRequested' });
    expect(machine.feed({ type: 'PauseRequested' })).toEqual([]);
  });

  test('CT4 a restore goes on from the checkpoint under a new generation', () => {
    const machine = new Machine({ a: {}, b: { needs: ['a'] }, c: { needs: ['b'] } });
    machine.succeed('a');
    const checkpoint = saveState(machine.state);
    const { seq, published } = machine.state;
    machine.succeed('b', 'c');
    machine.feed({ type: 'ExecutionFinished', status: 'COMPLETED' });
    const commands = machine.feed({ type: 'CheckpointRestored', checkpointId: 'cp', checkpoint, epoch: 2, slots: 5 });
    expect(started(commands)).toEqual(['b']);
    expect(machine.status('c')).toBe('pending');
    expect(machine.state).toMatchObject({ generation: 1, epoch: 2, phase: 'running', finished: null });
    expect(machine.state.seq).toBeGreaterThan(seq);
    expect(machine.state.published).toBeGreaterThan(published);
    machine.succeed('b', 'c');
    expect(machine.state.phase).toBe('finishing');
  });
});

describe('state', () => {
  test('ST1 an event out of order is refused', () => {
    const machine = new Machine({ a: {} });
    expect(() => apply(machine.plan, machine.state, { type: 'Woke', seq: 9, atMs: 0 })).toThrow(
      /event 9 cannot follow event 2/,
    );
  });

  test('ST4 time never runs backwards', () => {
    const machine = new Machine({ a: {} });
    machine.atMs = 10;
    machine.succeed('a');
    expect(machine.facts.every((fact) => fact.atMs >= 1000)).toBe(true);
  });

  test('ST6, EN5 after the end nothing changes the state, and it ends once', () => {
    const machine = new Machine({ a: {} });
    const ordered = machine.succeed('a').filter(({ type }) => type === 'FinishExecution');
    machine.feed({ type: 'ExecutionFinished', status: 'COMPLETED', result: { value: 1 } });
    const before = JSON.stringify({ ...saveState(machine.state).state, seq: 0 });
    const more = machine.feed({ type: 'CancelRequested' }, { type: 'Woke' }, { type: 'PauseRequested' });
    expect([ordered.length, more, JSON.stringify({ ...saveState(machine.state).state, seq: 0 })]).toEqual([
      1,
      [],
      before,
    ]);
  });

  test('DP4 sequential runs one task at a time, in topological order', () => {
    const machine = new Machine({ c: { needs: ['a'] }, a: {}, b: {} }, { strategy: 'sequential' });
    const ran: string[] = [];
    while (machine.running.length > 0) {
      expect(machine.running.length).toBe(1);
      ran.push(...machine.running);
      machine.succeed(...machine.running);
    }
    expect(ran).toEqual(['a', 'b', 'c']);
  });

  test('ST5 an illegal move throws with the story of the task', () => {
    const machine = new Machine({ a: {}, b: { needs: ['a'] } });
    const step = new Step(machine.plan, machine.state, 0, []);
    expect(() => move(step, nodeTask(machine.state, 1), 'running')).toThrow(
      /b cannot go from pending to running: b is pending.*depends on a running/,
    );
  });

  test('RC1 what is outstanding is what runs, what is asked and when to wake', () => {
    const machine = new Machine({ a: { timeoutMs: 70 }, asked: { if: 'x' }, each: { forEach: { items: '${x}' } } });
    expect(outstanding(machine.plan, machine.state)).toEqual([
      { type: 'StartAttempt', node: 'a', attempt: 1, epoch: 1, fallback: false, tries: 1, iteration: 0 },
      { type: 'EvaluateGuard', node: 'asked' },
      { type: 'ResolveItems', node: 'each' },
      { type: 'WakeAt', atMs: 1070 },
    ]);
  });

  test('RC5 a checkpoint falls due by itself after 1,000 events', () => {
    const machine = new Machine({ a: {} });
    for (let n = 0; n < 1000; n++) machine.feed({ type: 'Woke' });
    expect(machine.ordered.filter((command) => command.type === 'SaveCheckpoint').length).toBe(1);
  });
});
