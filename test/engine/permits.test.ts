import { expect, test } from 'vitest';
import { viewEvent } from '../../src/host/execution-view.ts';
import { Machine } from './machine.ts';

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
