import { expect, test } from 'vitest';
import { viewEvent, viewNote } from '../../../src/host/view/execution-view.ts';
import { factOf } from '../../../src/host/watch/event-fact.ts';
import { Machine } from '../../engine/machine.ts';

test('is the way back from views, but for outputs', () => {
  const machine = new Machine({ a: { retry: { attempts: 2 } }, b: { needs: ['a'] } });
  machine.fail('a', { retryable: true });
  machine.wake(60_000);
  machine.succeed('a');
  machine.feed({ type: 'LeaseAcquired', epoch: 2, slots: 1 }, { type: 'CancelRequested', reason: 'enough' });
  expect(machine.facts.length).toBeGreaterThan(8);
  for (const { output: _, ...fact } of machine.facts) {
    const told = fact.dueAtMs === undefined ? fact : { ...fact, dueAtMs: Math.floor(fact.dueAtMs) };
    expect(factOf(viewEvent(fact))).toEqual(told);
  }
});

test('what is not kept is no fact', () => {
  const note = viewNote({ kind: 'progress', taskId: 'a', attempt: 1, fraction: 0.5 } as never, 0);
  expect('level' in note ? null : factOf(note)).toBeUndefined();
});
