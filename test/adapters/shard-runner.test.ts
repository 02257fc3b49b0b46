import { expect, test } from 'vitest';
import { type ShardAnswer, ShardRunner } from '../../src/adapters/edge/shard-runner.ts';
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
  pending.find(({ shard }) => shard === 1)?.answer({ said: [], output: null });
  await settled();
  start();
  expect(asked.at(-1)).toBe(1);
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
  pending[0]?.answer({ said: [], output: null });
  await settled();
  expect(ended).toEqual(['TIMEOUT undefined']);
});
