import { describe, expect, test } from 'vitest';
import { historyMax } from '../../../src/history/profile.ts';
import { defineModule } from '../../../src/index.ts';
import type { RecordStore } from '../../../src/ports/record-store.ts';
import { encode } from '../../../src/program/canonical.ts';
import { createTestEngine, drive, FakeClock } from '../../../src/testing.ts';
import { recordOf } from '../../history/records.ts';
import { engineOver, memoryEngine, openStores } from '../learning.ts';

const program = (name: string, node: object = {}) => ({
  heddle: 1,
  name,
  nodes: { a: { module: 'test.sleep', with: { ms: 2 } }, b: { module: 'test.sleep', with: {}, needs: ['a'], ...node } },
});

async function keys(records: RecordStore): Promise<readonly string[]> {
  return (await records.list('history', { limit: 2000 })).map(({ key }) => key);
}

test('every ended execution leaves its record, whatever its end, under its program', async () => {
  const { engine, stores } = await memoryEngine();
  const done = await engine.execute(program('mine'));
  const failed = await engine.execute(program('mine', { with: { fails: true } }));
  const cancelled = await engine.start(program('mine', { with: { ms: 5000 } }));
  await cancelled.cancel();
  const other = await engine.execute(program('mine/other'));

  const records = await engine.history('mine');
  expect(records.map(({ executionId, status }) => [executionId, status])).toEqual([
    [done.executionId, 'COMPLETED'],
    [failed.executionId, 'FAILED'],
    [cancelled.id, 'CANCELLED'],
  ]);
  expect(records[0]).toMatchObject({
    ...{ programName: 'mine', startedAtMs: done.startedAt.getTime(), endedAtMs: done.completedAt?.getTime() },
    nodes: { a: { runs: 1, attempts: 1, failures: 0 }, b: { runs: 1 } },
  });
  expect(records[1]?.nodes.b).toMatchObject({ failures: 1 });
  expect((await engine.history('mine/other')).map(({ executionId }) => executionId)).toEqual([other.executionId]);
  expect(await engine.history('nobody')).toEqual([]);
  expect(await keys(stores.records)).toContain(
    `mine/${String(done.completedAt?.getTime()).padStart(16, '0')}/${done.executionId}`,
  );

  expect(await engine.profile('mine')).toMatchObject({ executions: 3, successRate: 1 / 3, nodes: { a: { runs: 3 } } });
  const bottlenecks = await engine.bottlenecks('mine/other');
  expect(bottlenecks).toContainEqual(expect.objectContaining({ node: 'a', criticalShare: 1 }));
  await expect(engine.bottlenecks('nobody')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await engine.close();
});

test('a record holds the strategy by which it ran: asked for, named by the program, or the one that fits it', async () => {
  const { engine } = await memoryEngine();
  const { nodes } = program('s');
  const wide = { ...nodes, c: { module: 'test.sleep', with: {}, needs: ['a'] } };
  await engine.execute({ heddle: 1, name: 's', strategy: 'pipeline', nodes }, {}, { strategy: 'parallel' });
  await engine.execute({ heddle: 1, name: 's', strategy: 'pipeline', nodes });
  await engine.execute({ heddle: 1, name: 's', nodes });
  await engine.execute({ heddle: 1, name: 's', nodes: wide });
  const strategies = (await engine.history('s')).map(({ strategy }) => strategy);
  expect(strategies).toEqual(['parallel', 'pipeline', 'sequential', 'parallel']);
  expect((await engine.getExecutionStatus('s')).strategy).toBe('parallel');
  await engine.close();
});

test('the history holds what resources were held, and a profile the utilisation', async () => {
  const clock = new FakeClock();
  const waits = defineModule({ name: 'waits', version: '1', run: () => clock.sleep(100).then(() => null) });
  const { engine } = createTestEngine({ modules: [waits], clock, resources: { cpu_cores: 4, gpu: 1 } });
  const held = { module: 'waits', resources: { cpu_cores: 2 } };
  const nodes = { a: held, b: held, c: { ...held, resources: { cpu_cores: 1 }, needs: ['a', 'b'] } };
  await drive(clock, engine.execute({ heddle: 1, name: 'r', nodes }));
  const [record] = await engine.history('r');
  expect(record?.resources).toEqual({ cpu_cores: { amountMs: 500, peak: 4, capacity: 4 } });
  expect((await engine.profile('r')).resources).toEqual({ cpu_cores: { meanHeld: 2.5, peak: 4, utilisation: 0.625 } });
  // An execution that held nothing of it took its time all the same.
  await drive(clock, engine.execute({ heddle: 1, name: 'r', nodes: { a: { module: 'waits' } } }));
  expect((await engine.profile('r')).resources).toEqual({
    cpu_cores: { meanHeld: 500 / 300, peak: 4, utilisation: 500 / 1200 },
  });
});

test('a sub-program is in the history of its own name, and its parent once in its own', async () => {
  const { engine } = await memoryEngine();
  const nodes = { one: { program: program('child') }, two: { program: program('child'), needs: ['one'], with: {} } };
  await engine.execute({ heddle: 1, name: 'parent', nodes });
  expect(await engine.history('parent')).toHaveLength(1);
  expect(await engine.history('child')).toHaveLength(2);
  await engine.close();
});

describe('each execution once', () => {
  test('opened again, by the same engine or another', async () => {
    const { engine, stores } = await memoryEngine();
    const { executionId } = await engine.execute(program('once'));
    await engine.open(executionId);
    const second = engineOver(stores);
    await second.open(executionId);
    await second.recover();
    expect(await second.history('once')).toHaveLength(1);
    expect(await engine.history('once')).toHaveLength(1);
    await engine.close();
    await second.close();
  });

  test('also when the host died between the end and the record', async () => {
    const stores = await openStores();
    const never = { ...stores.records, put: () => new Promise<boolean>(() => undefined) } as unknown as RecordStore;
    for (const name of ['get', 'list', 'delete', 'sweep'] as const)
      Object.assign(never, { [name]: stores.records[name].bind(stores.records) });
    const dying = engineOver(stores, { records: never });
    const { executionId } = await dying.execute(program('crash'));
    const heir = engineOver(stores);
    expect(await heir.history('crash')).toEqual([]);
    await heir.recover();
    expect((await heir.history('crash')).map((record) => record.executionId)).toEqual([executionId]);
    await heir.close();
  });

  test('set back to a checkpoint after its end, only its last end counts', async () => {
    const { engine } = await memoryEngine();
    const handle = await engine.start(program('again', { with: { ms: 30 } }));
    const { id: checkpointId } = await engine.createCheckpoint(handle.id);
    const first = await handle.result();
    await engine.history('again');
    await engine.restoreFromCheckpoint(checkpointId);
    const reopened = await engine.open(handle.id);
    const last = await reopened.result();
    expect(last.completedAt?.getTime()).toBeGreaterThan(first.completedAt?.getTime() ?? 0);
    expect((await engine.history('again')).map(({ endedAtMs }) => endedAtMs)).toEqual([last.completedAt?.getTime()]);
    await engine.close();
  });
});

test('only the newest records are kept', async () => {
  const { engine, stores } = await memoryEngine();
  // The oldest are erased when there are 51 too many.
  const before = historyMax + 48;
  for (let index = 0; index < before; index++) {
    const key = `many/${String(index).padStart(16, '0')}/ex${index}`;
    const bytes = encode(recordOf({ a: 1 }, { executionId: `ex${index}` }) as never);
    await stores.records.put({ scope: 'history', key, bytes }, null);
  }
  const counts = encode({ recorded: before + 1, kept: before });
  await stores.records.put({ scope: 'history-counts', key: 'many', bytes: counts }, null);
  const ids = [];
  for (let run = 0; run < 3; run++) ids.push((await engine.execute(program('many'))).executionId);
  const records = await engine.history('many');
  expect(records).toHaveLength(historyMax);
  expect(records.slice(-3).map(({ executionId }) => executionId)).toEqual(ids);
  expect(await keys(stores.records)).toHaveLength(historyMax);
  expect((await keys(stores.records))[0]).toMatch(/ex51$/);
  await engine.close();
});

test('records that a dying host has not counted are counted later, and the excess goes', async () => {
  const { engine, stores } = await memoryEngine();
  for (let index = 0; index < historyMax + 5; index++) {
    const key = `off/${String(index).padStart(16, '0')}/ex${index}`;
    await stores.records.put({ scope: 'history', key, bytes: encode(recordOf({ a: 1 }) as never) }, null);
  }
  const counts = encode({ recorded: 999, kept: 999 });
  await stores.records.put({ scope: 'history-counts', key: 'off', bytes: counts }, null);
  await engine.execute(program('off'));
  await engine.history('off');
  expect((await stores.records.list('history', { limit: 2000 })).length).toBe(historyMax);
  await engine.close();
});

test('a store that fails never fails an execution', async () => {
  const stores = await openStores();
  const broken = () => Promise.reject(new Error('the disk is full'));
  const records = { get: broken, put: broken, delete: broken, list: broken, sweep: broken } as unknown as RecordStore;
  const engine = engineOver(stores, { records });
  const { status } = await engine.execute(program('unlucky'));
  expect(status).toBe('COMPLETED');
  await expect(engine.history('unlucky')).rejects.toThrow('the disk is full');
  await engine.recover();
  await engine.close();
});
