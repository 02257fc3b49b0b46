import { describe, expect, test } from 'vitest';
import { defineModule } from '../../src/index.ts';
import { createTestEngine, FakeClock, quiet, type TestEngineOptions } from '../../src/testing.ts';

function world(options: Partial<TestEngineOptions> = {}) {
  const clock = new FakeClock(0);
  const work = defineModule<{ ms?: number; fails?: number }, unknown>({
    name: 'work',
    version: '1',
    run: async ({ ms = 0, fails = 0 }, { attempt }) => {
      if (ms > 0) await clock.sleep(ms);
      if (attempt <= fails) throw Object.assign(new Error('refused'), { code: 'REFUSED' });
      return attempt;
    },
  });
  return createTestEngine({ modules: [work], clock, ...options });
}

const program = (nodes: Record<string, unknown>, more: object = {}) => ({ heddle: 1, name: 'p', nodes, ...more });

/** What blocks a program of these nodes once nothing happens any more without time passing. */
async function blockedIn(nodes: Record<string, unknown>, options: Partial<TestEngineOptions> = {}, more: object = {}) {
  const { engine } = world(options);
  await engine.start(program(nodes, more), {}, { executionId: 'ex' });
  await quiet();
  return engine.blocked('ex');
}

const long = { module: 'work', with: { ms: 60_000 } };

describe('what blocks an execution is named', () => {
  test('a node waits for those it depends on that have not settled', async () => {
    expect(await blockedIn({ done: { module: 'work' }, a: long, b: { ...long, needs: ['a', 'done'] } })).toEqual([
      { taskId: 'b', why: 'dependencies', on: ['a'] },
    ]);
  });

  test('a signal, with its name and until when; a sleep, until when', async () => {
    expect(
      await blockedIn({
        approval: { waitFor: { event: 'approved', timeoutMs: 5000 } },
        forever: { waitFor: { event: 'never' } },
        nap: { sleepMs: 700 },
      }),
    ).toEqual([
      { taskId: 'approval', why: 'signal', event: 'approved', untilMs: 5000 },
      { taskId: 'forever', why: 'signal', event: 'never' },
      { taskId: 'nap', why: 'time', untilMs: 700 },
    ]);
  });

  test('a retry, when it comes and after which error', async () => {
    const retry = { attempts: 3, delayMs: 250, jitter: 'none', backoff: 'fixed' };
    expect(await blockedIn({ a: { module: 'work', with: { fails: 2 }, retry } })).toEqual([
      { taskId: 'a', why: 'retry', dueAtMs: 250, attempt: 2, error: 'REFUSED' },
    ]);
  });

  test('permits, by the keys of the gates and the amounts', async () => {
    const gates = { bulkhead: { key: 'api', limit: 1 }, resources: { cpu_cores: 2 } };
    expect(await blockedIn({ a: { ...long, ...gates }, b: { ...long, ...gates } })).toEqual([
      { taskId: 'b', why: 'permits', for: { bulkhead: 'api', resources: { cpu_cores: 2 } } },
    ]);
  });

  test('a slot, with how many are taken', async () => {
    const blocked = await blockedIn({ a: long, b: long, c: long }, {}, { limits: { concurrency: 2 } });
    expect(blocked).toEqual([{ taskId: 'c', why: 'slot', running: 2, slots: 2 }]);
  });

  test('an item, and its node by its items', async () => {
    const each = { ...long, forEach: { items: '${[1, 2, 3]}', maxParallel: 2 }, retry: { attempts: 2, delayMs: 10 } };
    const fan = { ...each, with: { fails: 1 }, retry: { attempts: 2, delayMs: 10, jitter: 'none' } };
    expect(await blockedIn({ fan })).toEqual([
      { taskId: 'fan', why: 'dependencies', on: ['fan[0]', 'fan[1]'] },
      { taskId: 'fan[0]', why: 'retry', dueAtMs: 10, attempt: 2, error: 'REFUSED' },
      { taskId: 'fan[1]', why: 'retry', dueAtMs: 10, attempt: 2, error: 'REFUSED' },
    ]);
  });

  test('a pause', async () => {
    const { engine, clock } = world();
    await engine.start(
      program({ a: { module: 'work', with: { ms: 10 } }, b: { module: 'work', needs: ['a'] } }),
      {},
      { executionId: 'ex' },
    );
    await engine.pause('ex');
    await clock.advance(10);
    expect(await engine.blocked('ex')).toEqual([{ taskId: 'b', why: 'paused' }]);
    await engine.resume('ex');
    await clock.advance(10);
    expect(await engine.blocked('ex')).toEqual([]);
  });

  test('an execution that no host drives is told of as it is stored', async () => {
    const { engine, stores, clock } = world();
    await engine.start(program({ a: { waitFor: { event: 'go' } } }), {}, { executionId: 'ex' });
    await engine.close();
    const looking = world({ stores, clock });
    expect(await looking.engine.blocked('ex')).toEqual([{ taskId: 'a', why: 'signal', event: 'go' }]);
    expect((await looking.engine.list()).map(({ status }) => status)).toEqual(['RUNNING']);
    await expect(looking.engine.blocked('nobody')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
