import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BrowserEngine, createEngine, type StorageStatus } from '../../src/browser.ts';
import type { LogLine } from '../../src/ports/log.ts';
import { program } from '../../src/program/builder.ts';

const open = (databaseName: string, options: Partial<Parameters<typeof createEngine>[0]> = {}) =>
  createEngine({
    databaseName,
    workers: 2,
    createWorker: () => new Worker(new URL('./home-worker.ts', import.meta.url), { type: 'module' }),
    kernelUrl: new URL('/dist/kernel.wasm', location.origin),
    ...options,
  });

const waits = (ms: number) => ({
  heddle: 1,
  name: 'waits',
  nodes: { a: { module: 'test.wait', with: { ms } }, b: { module: 'test.wait', with: { ms: 1 }, needs: ['a'] } },
  outputs: { a: '${a.waited}' },
});

describe('an engine in a worker', () => {
  const told: StorageStatus[] = [];
  const logged: LogLine[] = [];
  let opened: BrowserEngine;
  beforeAll(async () => {
    opened = await open('thread', {
      onStorageChange: (status) => told.push(status),
      log: (line) => logged.push(line),
      programs: { named: waits(1) },
      resources: { capacity: { gpu: 1 }, prices: { gpu: 2 } },
    });
  }, 60_000);
  afterAll(() => opened.engine.close());

  test('executes, and knows status and result without being asked', async () => {
    const { engine, workers } = opened;
    expect(workers).toBe(2);
    const handle = await engine.start(waits(300));
    expect(handle.status).toBe('RUNNING');
    expect(engine.getStatus(handle.id)).toBe('RUNNING');
    expect(engine.roleOf(handle.id)).toBe('driving');
    expect(engine.getResult(handle.id)).toBeUndefined();
    await handle.pause();
    expect(handle.status).toBe('PAUSED');
    await handle.resume();
    expect(handle.status).toBe('RUNNING');
    await expect.poll(() => handle.status, { timeout: 10_000 }).toBe('COMPLETED');
    expect(engine.getResult(handle.id)).toMatchObject({ status: 'COMPLETED', result: { a: 300 } });
    expect((await handle.result()).completedAt).toBeInstanceOf(Date);
    expect(logged.some(({ executionId }) => executionId === handle.id)).toBe(true);
    await expect.poll(() => engine.storage.persisted).toBeTypeOf('boolean');
  });

  test('tells every event in order, to monitors and subscribers, and lets go of those who leave', async () => {
    const { engine } = opened;
    const handle = await engine.start(waits(50));
    const subscribed: string[] = [];
    engine.subscribe(handle.id, ({ events }) => void subscribed.push(...events.map(({ id }) => id)));
    const seen: string[] = [];
    for await (const { events } of handle.monitor()) seen.push(...events.map(({ id }) => id));
    const { timeline } = await handle.result();
    expect(seen).toEqual(timeline.map(({ id }) => id));
    await expect.poll(() => subscribed).toEqual(seen);
    expect(await handle.events(2, 3)).toEqual(timeline.slice(2, 5));
    const long = await engine.start(waits(5000));
    const reader = long.monitor()[Symbol.asyncIterator]();
    await reader.next();
    const waiting = reader.next();
    await reader.return?.();
    expect((await waiting).done ?? false).toBeTypeOf('boolean');
    expect((await reader.next()).done).toBe(true);
    await long.cancel('enough');
    expect((await long.result()).status).toBe('CANCELLED');
  });

  test('refuses as an engine on this thread does', async () => {
    const { engine } = opened;
    const cycle = {
      heddle: 1,
      name: 'c',
      nodes: { a: { module: 'no.such', needs: ['b'] }, b: { module: 'test.wait', needs: ['a'] } },
    };
    const refused = await engine.start(cycle).catch((thrown) => thrown);
    expect(refused.errors.map(({ code }: { code: string }) => code).sort()).toEqual(['CYCLE', 'UNKNOWN_MODULE']);
    await expect(engine.open('nobody')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(() => engine.getStatus('nobody')).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
    await expect(engine.start(waits(1), { f: () => 1 })).rejects.toMatchObject({ code: 'BAD_INPUT' });
    const taken = await engine.start(waits(1));
    await taken.result();
    await expect(engine.start(waits(1), {}, { executionId: taken.id })).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
    });
    await expect(engine.pause('nobody')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('takes builders, names, recovery strategies and requests for resources', async () => {
    const { engine } = opened;
    const built = program('built', {}).node('a', { name: 'test.wait', version: '1', run: () => null }, () => ({
      ms: 1,
    }));
    expect((await engine.execute(built as never)).status).toBe('COMPLETED');
    expect((await engine.executeProgram('named')).result).toEqual({ a: 1 });
    const [gpu] = await engine.allocateResources([{ type: 'gpu', amount: 1, priority: 5 }]);
    await engine.releaseResources([gpu?.id ?? '']);
    expect(engine.prices).toEqual({ gpu: 2 });
    expect(await engine.metrics()).toContain('heddle_');
    expect((await engine.health()).checks.store).toMatchObject({ status: 'healthy' });
    await expect(engine.executionOf('nothing')).rejects.toMatchObject({ code: 'NOT_FOUND' });

    const asked: string[] = [];
    engine.addRecoveryStrategy({
      id: 'skip',
      name: 'skip',
      description: 'skips',
      applicableErrors: ['ON_PURPOSE'],
      async execute({ error }) {
        asked.push(error.code);
        return { success: true, action: 'SKIP', message: 'it does not matter' };
      },
    });
    const flaky = { heddle: 1, name: 'flaky', nodes: { a: { module: 'test.flaky', with: { failures: 9 } } } };
    expect((await engine.execute(flaky)).status).toBe('COMPLETED');
    expect(asked).toEqual(['ON_PURPOSE']);
    engine.removeRecoveryStrategy('skip');
    expect((await engine.execute(flaky)).status).toBe('FAILED');
  });

  test('exports and imports, forks, lists and deletes', async () => {
    const { engine } = opened;
    const done = await engine.start(waits(1));
    await done.result();
    const bundle = await engine.export(done.id);
    expect(bundle.byteLength).toBeGreaterThan(100);
    await engine.delete(done.id);
    expect(() => engine.getStatus(done.id)).toThrow();
    const back = await engine.import(bundle);
    expect(back.id).toBe(done.id);
    expect((await back.result()).result).toEqual({ a: 1 });
    const forked = await engine.fork(back.id, { from: 'b' });
    expect((await forked.result()).status).toBe('COMPLETED');
    expect((await engine.list()).map(({ executionId }) => executionId)).toContain(forked.id);
  });

  test('leaves the page free while it plans and runs a thousand tasks', { timeout: 60_000 }, async () => {
    const { engine } = opened;
    const nodes = Object.fromEntries(
      Array.from({ length: 1000 }, (_, i) => [`n${i}`, { module: 'test.wait', with: { ms: 0 } }]),
    );
    let longestMs = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longestMs = Math.max(longestMs, performance.now() - last);
      last = performance.now();
    }, 4);
    const { status, metrics } = await engine.execute({ heddle: 1, name: 'many', nodes, outputs: {} });
    clearInterval(timer);
    expect(status).toBe('COMPLETED');
    expect(metrics.successRate).toBe(1);
    console.log(`longest pause of the page while 1,000 tasks ran: ${longestMs.toFixed(1)} ms`);
  });
});

test('what was unfinished goes on in the next engine, and is handed to whoever made it', {
  timeout: 60_000,
}, async () => {
  const first = await open('thread-resume');
  const handle = await first.engine.start(waits(400));
  const waiting = handle.result().catch((thrown) => thrown);
  await first.engine.close();
  expect(await waiting).toMatchObject({ code: 'ABORTED' });
  const second = await open('thread-resume');
  expect(second.resumed.map(({ id }) => id)).toEqual([handle.id]);
  expect((await second.resumed[0]?.result())?.status).toBe('COMPLETED');
  await second.engine.close();
});

test('a worker whose script is missing, or is no engine, is told', async () => {
  const missing = () => new Worker('/there-is-no-such-script.js', { type: 'module' });
  await expect(open('missing', { createWorker: missing })).rejects.toMatchObject({ code: 'RUNNER_LOST' });
});
