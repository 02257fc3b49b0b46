import { expect, test } from 'vitest';
import { callKey, type ShardAnswer, ShardRunner } from '../../src/adapters/edge/shard-runner.ts';
import { ModuleRegistry } from '../../src/host/registry.ts';
import { defineModule } from '../../src/ports/module.ts';
import type { CallObserver, ModuleCall } from '../../src/ports/module-runner.ts';

const heavy = defineModule({ name: 'heavy', version: '1', kind: 'cpu', run: () => null });

/** Shards that answer when they are told to. */
function shardsOf(count: number) {
  const asked: number[] = [];
  const pending: { readonly shard: number; answer(with_: ShardAnswer): void; die(): void }[] = [];
  const runner = new ShardRunner({
    modules: new ModuleRegistry([heavy]),
    shards: count,
    shard: (index) => ({
      run: () =>
        new Promise((resolve, reject) => {
          asked.push(index);
          pending.push({ shard: index, answer: resolve, die: () => reject(new Error('gone')) });
        }),
      abort: async () => undefined,
    }),
  });
  const ended: string[] = [];
  const observer = {
    succeeded: () => ended.push('succeeded'),
    failed: ({ code, retryable }: { code: string; retryable?: boolean }) => ended.push(`${code} ${retryable}`),
  } as unknown as CallObserver;
  const call: ModuleCall = {
    ...{ executionId: 'ex', taskId: 'a', attempt: 1, generation: 0, module: 'heavy@1', input: null },
  };
  return { asked, pending, ended, start: () => runner.start(call, observer) };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('a call goes where the least are under way', async () => {
  const { asked, pending, start } = shardsOf(3);
  for (let call = 0; call < 6; call++) start();
  expect(asked).toEqual([0, 1, 2, 0, 1, 2]);
  pending.find(({ shard }) => shard === 1)?.answer({ load: 0, output: null });
  await settled();
  start();
  expect(asked.at(-1)).toBe(1);
});

test('what others have on a shard counts as well, as far as it is known', async () => {
  const { asked, pending, start } = shardsOf(2);
  start();
  start();
  pending[0]?.answer({ load: 3, output: null });
  await settled();
  start();
  start();
  expect(asked).toEqual([0, 1, 1, 1]);
});

test('a queued call is settled by whoever tells of it, once, and not after it was given up', async () => {
  const sent: ModuleCall[] = [];
  const ended: string[] = [];
  const runner = new ShardRunner({
    modules: new ModuleRegistry([heavy]),
    shards: 1,
    shard: () => {
      throw new Error('not asked');
    },
    queue: async (call) => void sent.push(call),
  });
  const observer = {
    succeeded: () => ended.push('succeeded'),
    failed: ({ code }: { code: string }) => ended.push(code),
  } as unknown as CallObserver;
  const call: ModuleCall = {
    ...{ executionId: 'ex', taskId: 'a', attempt: 1, generation: 0, module: 'heavy@1', input: null, runOn: 'queue' },
  };
  runner.start(call, observer);
  expect(runner.live).toBe(1);
  runner.settle(callKey(call), { load: 0, output: 1 });
  runner.settle(callKey(call), { load: 0, output: 1 });
  runner.start({ ...call, attempt: 2 }, observer).abort({ code: 'TIMEOUT', message: 'too long' });
  runner.settle(callKey({ ...call, attempt: 2 }), { load: 0, output: 1 });
  expect(sent).toHaveLength(2);
  expect(ended).toEqual(['succeeded', 'TIMEOUT']);
  expect(runner.live).toBe(0);
});

test('a shard that dies fails the call with RUNNER_LOST, which is worth trying again, and frees its place', async () => {
  const { asked, pending, ended, start } = shardsOf(2);
  start();
  start();
  pending[1]?.die();
  await settled();
  expect(ended).toEqual(['RUNNER_LOST true']);
  start();
  expect(asked).toEqual([0, 1, 1]);
});

test('an abort settles the call at once, and what the shard still answers is not heard', async () => {
  const { pending, ended, start } = shardsOf(1);
  start().abort({ code: 'TIMEOUT', message: 'too long' });
  pending[0]?.answer({ load: 0, output: null });
  await settled();
  expect(ended).toEqual(['TIMEOUT undefined']);
});
