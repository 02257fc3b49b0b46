import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createEngine } from '../../../src/index.ts';

let calls = 0;
const counting = (version = '1', fails = () => false) => ({
  name: 'test.count',
  version,
  run: async ({ x }: { x: unknown }) => {
    calls++;
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (fails()) throw new Error('not this time');
    return { x, version, call: calls, bytes: new Float64Array([1.5, 2.5]) };
  },
});
const program = (x: unknown, cache: object = {}, more: object = {}) => ({
  heddle: 1,
  name: 'cached',
  nodes: { a: { module: 'test.count', with: { x }, cache, ...more } },
});
const folder = mkdtempSync(join(tmpdir(), 'heddle-cache-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.each([
  ['in memory', undefined],
  ['in a SQLite file', folder],
])('%s', (_, directory) => {
  const open = async (module: unknown = counting()) =>
    createEngine({ modules: [module as never], ...(directory !== undefined && { directory }) });

  test('CA1 an equal call is not run again, and is told as cached', async () => {
    calls = 0;
    const engine = await open();
    const first = await engine.execute(program({ b: 1, a: 2 }));
    const second = await engine.execute(program({ a: 2, b: 1 }));
    expect([calls, second.result]).toEqual([1, first.result]);
    expect(second.timeline.map(({ type }) => type)).toContain('TASK_CACHED');
    expect([first.metrics.tasksCached, second.metrics.tasksCached]).toEqual([0, 1]);
    expect(engine.cacheCounts).toMatchObject({ hits: 1, misses: 1, hitRate: 0.5 });
    await engine.close();
  });

  test('CA1 equal calls at the same time run once, across executions', async () => {
    calls = 0;
    const engine = await open();
    const x = `together ${directory}`;
    const results = await Promise.all(Array.from({ length: 20 }, () => engine.execute(program(x))));
    expect(calls).toBe(1);
    for (const { result } of results) expect(result).toEqual(results[0]?.result);
    await engine.close();
  });

  test('CA1 another input, scope or version of the module is another call', async () => {
    calls = 0;
    const engine = await open();
    const x = `versions ${directory}`;
    await engine.execute(program(x));
    await engine.execute(program(`${x}!`));
    await engine.execute(program(x, { scope: 'mine' }));
    expect(calls).toBe(3);
    await engine.close();
    const upgraded = await open(counting('2'));
    expect((await upgraded.execute(program(x))).result).toMatchObject({ a: { version: '2' } });
    await upgraded.close();
  });

  test('CA2 a failure is not kept, and the next call runs', async () => {
    calls = 0;
    const engine = await open(counting('1', () => calls === 1));
    const x = `failing ${directory}`;
    expect((await engine.execute(program(x))).status).toBe('FAILED');
    expect((await engine.execute(program(x))).status).toBe('COMPLETED');
    expect(calls).toBe(2);
    await engine.close();
  });

  test('CA2 a result older than its ttl is not used', async () => {
    calls = 0;
    const engine = await open();
    const x = `old ${directory}`;
    await engine.execute(program(x, { ttlMs: 30 }));
    await engine.execute(program(x, { ttlMs: 30 }));
    await new Promise((resolve) => setTimeout(resolve, 60));
    await engine.execute(program(x, { ttlMs: 30 }));
    expect(calls).toBe(2);
    await engine.close();
  });
});
