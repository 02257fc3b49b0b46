import { expect, test } from 'vitest';
import type { RecoveryDecided } from '../../src/engine/recovery-events.ts';
import { mayRewrite } from '../../src/engine/recovery-events.ts';
import { Machine } from './machine.ts';

const decided = (more: Partial<RecoveryDecided>): RecoveryDecided => ({
  ...{ type: 'RecoveryDecided', node: 'a', action: 'SKIP', message: 'not needed' },
  ...more,
});

test('RV4 a strategy may have a node skipped that has not begun, and a retry go at once', () => {
  const nodes = {
    a: {},
    late: { retry: { attempts: 2, delayMs: 60_000 } },
    b: { needs: ['late'] },
    c: { needs: ['b'] },
  };
  const machine = new Machine({ ...nodes, d: { needs: ['b'], trigger: 'always' } }, {}, {}, 100, { recovers: ['*'] });
  machine.fail('late', { retryable: true });
  expect(machine.status('late')).toBe('waiting');
  machine.fail('a');
  machine.feed(
    decided({
      tasks: [
        { node: 'b', to: 'skipped' },
        { node: 'late', to: 'ready' },
      ],
    }),
  );
  expect(machine.status('b')).toBe('skipped');
  // What follows from a skipped node follows as ever.
  expect([machine.status('c'), machine.running]).toEqual(['skipped', ['d', 'late']]);
  machine.succeed('late', 'd');
  expect(machine.ordered.at(-1)).toMatchObject({ type: 'FinishExecution', status: 'COMPLETED' });
});

test('RV4 what has moved on, is not there, or runs is passed over', () => {
  const machine = new Machine({ a: {}, b: {}, c: { needs: ['b'] } }, {}, {}, 100, { recovers: ['*'] });
  machine.fail('a');
  machine.feed(
    decided({
      tasks: [
        { node: 'b', to: 'skipped' },
        { node: 'b', to: 'ready' },
        { node: 'c', to: 'ready' },
        { node: 'c', item: 3, to: 'skipped' },
        { node: 'nobody', to: 'skipped' },
        { node: 'a', to: 'skipped' },
      ],
    }),
  );
  expect([machine.status('a'), machine.status('b'), machine.status('c')]).toEqual(['skipped', 'running', 'pending']);
  machine.succeed('b', 'c');
  expect(machine.ordered.at(-1)).toMatchObject({ type: 'FinishExecution', status: 'COMPLETED' });
});

test('RV4 nothing else can be decreed', () => {
  const decrees = (['pending', 'guarding', 'ready', 'running', 'waiting', 'awaiting', 'succeeded'] as const).flatMap(
    (from) => ['skipped', 'ready', 'succeeded', 'failed'].flatMap((to) => (mayRewrite(from, to) ? [[from, to]] : [])),
  );
  expect(decrees).toEqual([
    ['pending', 'skipped'],
    ['guarding', 'skipped'],
    ['waiting', 'ready'],
  ]);
});
