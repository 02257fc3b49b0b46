import { expect, test } from 'vitest';
import { type BatchAnswer, callKey, type Told } from '../../src/adapters/edge/shard-protocol.ts';
import { ShardRunner } from '../../src/adapters/edge/shard-runner.ts';
import { ModuleRegistry } from '../../src/host/registry.ts';
import { defineModule } from '../../src/ports/module.ts';
import type { CallObserver, ModuleCall } from '../../src/ports/module-runner.ts';

const heavy = defineModule({ name: 'heavy', version: '1', kind: 'cpu', run: () => null });

/** Shards that answer when they are told to. */
function shardsOf(count: number) {
  const asked: number[] = [];
  const aborted: string[] = [];
  const pending: {
    readonly shard: number;
    readonly calls: number;
    hear(told: readonly Told[]): void;
    answer(with_: BatchAnswer): void;
    die(): void;
  }[] = [];
  const runner = new ShardRunner({
    modules: new ModuleRegistry([heavy]),
    shards: count,
    shard: (index) => ({
      run: (calls, hear) =>
        new Promise((resolve, reject) => {
          asked.push(index);
          const die = () => reject(new Error('gone'));
          pending.push({ shard: index, calls: calls.length, hear, answer: resolve, die });
        }),
      abort: async (call) => void aborted.push(call),
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
  /** In a turn of its own, as a call that waited for no other. */
  const start = async (attempt = 1) => {
    const running = runner.start({ ...call, attempt }, observer);
    await Promise.resolve();
    return running;
  };
  const startTogether = async (count: number) => {
    const running = Array.from({ length: count }, (_, n) => runner.start({ ...call, attempt: n + 1 }, observer));
    await Promise.resolve();
    return running;
  };
  return { asked, aborted, pending, ended, start, startTogether };
}

const answered: BatchAnswer = { answers: [{ output: null }], load: 0 };
/** Answers are told a turn of the event loop after they have come. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

test('a call goes where the least are under way', async () => {
  const { asked, pending, start } = shardsOf(3);
  for (let call = 0; call < 6; call++) await start();
  expect(asked).toEqual([0, 1, 2, 0, 1, 2]);
  pending.find(({ shard }) => shard === 1)?.answer(answered);
  await settled();
  await start();
  expect(asked.at(-1)).toBe(1);
});

test('what others have on a shard counts as well, as far as it is known', async () => {
  const { asked, pending, start } = shardsOf(2);
  await start();
  await start();
  pending[0]?.answer({ ...answered, load: 3 });
  await settled();
  await start();
  await start();
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
  runner.settle(callKey(call), { output: 1 });
  runner.settle(callKey(call), { output: 1 });
  runner.start({ ...call, attempt: 2 }, observer).abort({ code: 'TIMEOUT', message: 'too long' });
  runner.settle(callKey({ ...call, attempt: 2 }), { output: 1 });
  expect(sent).toHaveLength(2);
  expect(ended).toEqual(['succeeded', 'TIMEOUT']);
  expect(runner.live).toBe(0);
});

test('a shard that dies fails the call with RUNNER_LOST, which is worth trying again, and frees its place', async () => {
  const { asked, pending, ended, start } = shardsOf(2);
  await start();
  await start();
  pending[1]?.die();
  await settled();
  expect(ended).toEqual(['RUNNER_LOST true']);
  await start();
  expect(asked).toEqual([0, 1, 1]);
});

test('an abort settles the call at once, and what the shard still answers is not heard', async () => {
  const { pending, ended, start } = shardsOf(1);
  (await start()).abort({ code: 'TIMEOUT', message: 'too long' });
  pending[0]?.answer(answered);
  await settled();
  expect(ended).toEqual(['TIMEOUT undefined']);
});

test('calls that begin together travel together, as many as go to the same shard', async () => {
  const { pending, ended, startTogether } = shardsOf(2);
  await startTogether(5);
  expect(pending.map(({ shard, calls }) => [shard, calls])).toEqual([
    [0, 3],
    [1, 2],
  ]);
  pending[1]?.answer({ answers: [{ output: 1 }, { error: { code: 'MODULE_FAILED', message: 'no' } }], load: 0 });
  await settled();
  expect(ended).toEqual(['succeeded', 'MODULE_FAILED undefined']);
});

test('a call is not kept waiting by the others of its batch, and is heard once', async () => {
  const { pending, ended, startTogether } = shardsOf(1);
  await startTogether(2);
  pending[0]?.hear([{ call: 1, said: { kind: 'ended', answer: { output: 1 } } }]);
  await settled();
  expect(ended).toEqual(['succeeded']);
  pending[0]?.answer({ answers: [{ error: { code: 'MODULE_FAILED', message: 'no' } }, { output: 1 }], load: 0 });
  await settled();
  expect(ended).toEqual(['succeeded', 'MODULE_FAILED undefined']);
});

test('a call that travels is stopped where it is; one that has ended is not', async () => {
  const { aborted, pending, ended, startTogether } = shardsOf(1);
  const starting = startTogether(2);
  const [first, second] = await starting;
  first?.abort({ code: 'TIMEOUT', message: 'too long' });
  expect(aborted).toHaveLength(1);
  pending[0]?.die();
  await settled();
  second?.abort({ code: 'TIMEOUT', message: 'too long' });
  expect(aborted).toHaveLength(1);
  expect(ended).toEqual(['TIMEOUT undefined', 'RUNNER_LOST true']);
});

test('an answer that a shard leaves out is the loss of its call', async () => {
  const { pending, ended, startTogether } = shardsOf(1);
  await startTogether(2);
  pending[0]?.answer(answered);
  await settled();
  expect(ended).toEqual(['succeeded', 'RUNNER_LOST true']);
});
