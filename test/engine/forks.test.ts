import { describe, expect, test } from 'vitest';
import { Machine } from './machine.ts';

const inherited = (node: string, again: boolean, value: string = node) => ({ node, output: { value }, again });
const nodes = {
  a: {},
  b: { needs: ['a'] },
  c: { needs: ['b'] },
  d: { needs: ['a'] },
};

describe('forks', () => {
  const forked = (more = {}) =>
    new Machine(nodes, {}, {}, 100, {
      fork: {
        executionId: 'ex_before',
        from: ['b'],
        inputsChanged: false,
        inherited: [inherited('a', false), inherited('b', true), inherited('c', true), inherited('d', false)],
        ...more,
      },
    });

  test('FK1 what does not depend on the start is taken over, and the start runs again', () => {
    const machine = forked();
    expect([machine.running, machine.status('a'), machine.status('d')]).toEqual([['b'], 'succeeded', 'succeeded']);
  });

  test('FK2 an output that did not change spares what depends on it', () => {
    const machine = forked();
    machine.succeed('b');
    expect([machine.status('c'), machine.state.tasks[2]?.attempt, machine.state.phase]).toEqual([
      'succeeded',
      0,
      'finishing',
    ]);
  });

  test('FK2 an output that changed does not', () => {
    const machine = forked({
      inherited: [inherited('a', false), inherited('b', true, 'other'), inherited('c', true), inherited('d', false)],
    });
    machine.succeed('b');
    expect(machine.running).toEqual(['c']);
  });
});

test('LZ1 what no output needs is skipped, clean-up of what is needed is not', () => {
  const program = { outputs: { result: '${b}' } };
  const machine = new Machine(
    { ...nodes, tidy: { needs: ['b'], trigger: 'always' }, tidyD: { needs: ['d'], trigger: 'always' } },
    program,
    { lazy: true },
  );
  expect(['c', 'd', 'tidyD'].map((id) => machine.status(id))).toEqual(['skipped', 'skipped', 'skipped']);
  machine.succeed('a', 'b');
  expect(machine.running).toEqual(['tidy']);
});

test('FE5 batches add up to the items', () => {
  const machine = new Machine({ each: { forEach: { items: 'x', batchSize: 2 } } });
  machine.feed({ type: 'ItemsResolved', node: 'each', outcome: { count: 2, itemCount: 3 } });
  machine.succeed('each[0]', 'each[1]');
  expect(machine.state.tasks[0]?.output).toEqual({
    list: [{ value: 'each[0]' }, { value: 'each[1]' }],
    batchSize: 2,
    itemCount: 3,
  });
});
