import { expect, test } from 'vitest';
import { recoveryContext } from '../../../src/host/recover/recovery-context.ts';
import { viewState } from '../../../src/host/view/checkpoint-view.ts';
import { Machine } from '../../engine/machine.ts';

const resources = { cpu_cores: 2, memory_mb: 64 };

test('what tasks hold is told by checkpoints and to recovery strategies', () => {
  const machine = new Machine({ a: { resources }, b: {}, c: { needs: ['a'], resources } });
  machine.feed({ type: 'PermitsGranted', node: 'a', epoch: 1 });
  const { plan, state } = machine;
  const view = viewState(plan, state, { tries: 1 });
  expect(view.resourceAllocations).toEqual(new Map([['a', resources]]));
  expect(view.variables).toEqual(new Map([['tries', 1]]));
  const error = { code: 'BOOM', message: 'boom' };
  expect(recoveryContext(plan, state, { type: 'AskRecovery', node: 'b', error })).toMatchObject({
    executionId: 'ex',
    error: { code: 'BOOM', taskId: 'b' },
    resources: [
      { id: 'a/cpu_cores', type: 'cpu_cores', amount: 2 },
      { id: 'a/memory_mb', type: 'memory_mb', amount: 64 },
    ],
  });
});
