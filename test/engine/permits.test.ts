import { describe, expect, test } from 'vitest';
import type { Command } from '../../src/engine/command.ts';
import { viewEvent } from '../../src/host/view/execution-view.ts';
import { Machine, refOf } from './machine.ts';

const gated = { bulkhead: { key: 'k', limit: 1 } };
const grant = (machine: Machine, task: string, epoch = 1) =>
  machine.feed({ type: 'PermitsGranted', ...refOf(task), epoch });
const asked = (commands: readonly Command[]) =>
  commands.flatMap((command) => (command.type === 'AcquirePermits' ? [command.node] : []));
const released = (commands: readonly Command[]) =>
  commands.flatMap((command) => (command.type === 'ReleasePermits' ? [`${command.node} ${command.outcome}`] : []));

describe('permits', () => {
  test('PM1 a gated task asks at once, takes no slot while it waits, and starts when a slot is free', () => {
    const machine = new Machine({ a: gated, plain: {} }, {}, {}, 1);
    expect([asked(machine.ordered), machine.status('a'), machine.running]).toEqual([['a'], 'queued', ['plain']]);
    grant(machine, 'a');
    expect(machine.status('a')).toBe('ready');
    machine.succeed('plain');
    expect(machine.running).toEqual(['a']);
  });

  test('PM1 items ask as they could be run, not all at once', () => {
    const machine = new Machine({ each: { ...gated, forEach: { items: 'x' } } }, {}, {}, 4);
    machine.feed({ type: 'ItemsResolved', node: 'each', outcome: { count: 100 } });
    expect(asked(machine.ordered).length).toBe(4);
  });

  test.each([
    ['succeeds', (machine: Machine) => machine.succeed('a'), 'a succeeded'],
    ['fails', (machine: Machine) => machine.fail('a'), 'a failed'],
    ['is cancelled', (machine: Machine) => machine.feed({ type: 'CancelRequested' }), 'a abandoned'],
  ])('PM2 permits go back when the attempt %s', (_, end, told) => {
    const machine = new Machine({ a: gated });
    grant(machine, 'a');
    expect(released(end(machine))).toEqual([told]);
    expect(machine.state.derived.granted.size).toBe(0);
  });

  test('PM2 a task that is cancelled while it waits for permits stops asking; a grant that comes later changes nothing', () => {
    const machine = new Machine({ a: gated });
    expect(released(machine.feed({ type: 'CancelRequested' }))).toEqual(['a abandoned']);
    expect(grant(machine, 'a').filter(({ type }) => type !== 'Publish')).toEqual([]);
  });

  test('PM2 resources are told as allocated and released', () => {
    const machine = new Machine({ a: { resources: { cpu_cores: 2 } } });
    grant(machine, 'a');
    machine.succeed('a');
    const facts = machine.facts.filter(({ type }) => type.startsWith('RESOURCE'));
    expect(facts.map(({ type, resources }) => [type, resources])).toEqual([
      ['RESOURCE_ALLOCATED', { cpu_cores: 2 }],
      ['RESOURCE_RELEASED', { cpu_cores: 2 }],
    ]);
  });

  test('PM3 a refusal is a failed attempt: retried after the time it asks for, then final', () => {
    const retry = { attempts: 2, backoff: 'fixed' as const, delayMs: 1, jitter: 'none' as const };
    const machine = new Machine({ a: { breaker: { failures: 1 }, retry } });
    const refuse = () =>
      machine.feed({
        type: 'PermitsRefused',
        node: 'a',
        epoch: 1,
        error: { code: 'BREAKER_OPEN', message: 'open' },
        retryAfterMs: 500,
      });
    refuse();
    machine.wake(499);
    expect(machine.status('a')).toBe('waiting');
    machine.wake(1);
    expect(machine.status('a')).toBe('queued');
    refuse();
    expect(machine.state.tasks[0]).toMatchObject({ status: 'failed', error: { code: 'BREAKER_OPEN' } });
  });

  test('PM3 the fallback of a refused task needs no permits', () => {
    const machine = new Machine({ a: { breaker: { failures: 1 }, fallback: { value: 1 } } });
    machine.feed({ type: 'PermitsRefused', node: 'a', epoch: 1, error: { code: 'BREAKER_OPEN', message: 'open' } });
    expect(machine.running).toEqual(['a']);
  });

  test('PM4 a new host asks anew for what waits, what may start and what ran', () => {
    const nodes = { waits: gated, granted: gated, runs: gated };
    const machine = new Machine(nodes, {}, {}, 1);
    grant(machine, 'runs');
    grant(machine, 'granted');
    expect(machine.status('granted')).toBe('ready');
    const commands = machine.feed({ type: 'LeaseAcquired', epoch: 2, slots: 1 });
    expect(asked(commands).sort()).toEqual(['granted', 'runs', 'waits']);
    grant(machine, 'waits', 1);
    expect(machine.status('waits')).toBe('queued');
  });
});

describe('signs of life and budgets', () => {
  test('AT8 silence for idleTimeoutMs ends an attempt, a heartbeat puts that off, timeoutMs still holds', () => {
    const machine = new Machine({ a: { idleTimeoutMs: 50, timeoutMs: 120, retry: { attempts: 2, delayMs: 0 } } });
    const beat = () => machine.feed({ type: 'HeartbeatReceived', node: 'a', attempt: 1, epoch: 1 });
    machine.atMs += 40;
    beat();
    machine.wake(40);
    expect(machine.running).toEqual(['a']);
    beat();
    machine.wake(40);
    expect(machine.facts.find(({ type }) => type === 'TASK_TIMED_OUT')?.error?.code).toBe('TIMEOUT');
    machine.wake(1);
    machine.wake(50);
    expect(machine.state.tasks[0]).toMatchObject({ status: 'failed', error: { code: 'IDLE_TIMEOUT' } });
  });

  test('AT2 a heartbeat of an attempt that is not the current one changes nothing', () => {
    const machine = new Machine({ a: { idleTimeoutMs: 50 } });
    machine.atMs += 40;
    machine.feed({ type: 'HeartbeatReceived', node: 'a', attempt: 2, epoch: 1 });
    machine.wake(10);
    expect(machine.status('a')).toBe('failed');
  });

  test('AT9 retries beyond the budget do not happen', () => {
    const retry = { attempts: 5, backoff: 'immediate' as const };
    const nodes = Object.fromEntries(['a', 'b', 'c'].map((id) => [id, { retry, critical: false }]));
    const machine = new Machine(nodes, { limits: { retryBudget: { ratio: 0, min: 2 } } });
    for (const id of ['a', 'b', 'c']) machine.fail(id);
    expect(['a', 'b', 'c'].map((id) => machine.status(id))).toEqual(['waiting', 'waiting', 'failed']);
    expect(machine.state.tasks[2]?.error).toMatchObject({ code: 'RETRY_BUDGET_SPENT' });
  });
});

const resources = { cpu_cores: 2 };

test('what a task is granted and gives back is told, with the amounts', () => {
  const machine = new Machine({ a: { resources } });
  expect(machine.running).toEqual([]);
  machine.feed({ type: 'PermitsGranted', node: 'a', epoch: 1 });
  expect(machine.running).toEqual(['a']);
  machine.succeed('a');
  const told = machine.facts.filter(({ type }) => type.startsWith('RESOURCE')).map(viewEvent);
  expect(told).toMatchObject([
    { type: 'RESOURCE_ALLOCATED', taskId: 'a', data: { resources } },
    { type: 'RESOURCE_RELEASED', taskId: 'a', data: { resources } },
  ]);
});

test('a retry asks anew, a cancel gives back', () => {
  const machine = new Machine({ a: { resources, retry: { attempts: 2, delayMs: 10, jitter: 'none' } } });
  machine.feed({ type: 'PermitsGranted', node: 'a', epoch: 1 });
  machine.fail('a', { retryable: true });
  machine.wake(60_000);
  machine.feed({ type: 'PermitsGranted', node: 'a', epoch: 1 });
  machine.feed({ type: 'CancelRequested' });
  expect(machine.told('RESOURCE_ALLOCATED')).toEqual(['a', 'a']);
  expect(machine.told('RESOURCE_RELEASED')).toEqual(['a', 'a']);
  const asked = machine.ordered.filter(({ type }) => type === 'AcquirePermits');
  expect(asked).toHaveLength(2);
});
