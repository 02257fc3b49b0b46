import { describe, expect, test } from 'vitest';
import type { Stores } from '../../../src/adapters/node/open-stores.ts';
import type { ExecutionRecord } from '../../../src/history/execution-record.ts';
import type { DefaultExecutionEngine } from '../../../src/host/default-execution-engine.ts';
import { encode } from '../../../src/program/canonical.ts';
import { programDigest } from '../../../src/program/digest.ts';
import type { Program } from '../../../src/program/program.ts';
import { recordOf } from '../../history/records.ts';
import { engineOver, memoryEngine } from '../learning.ts';

/** Two short ways and a long one, on one slot after the other: what goes first shows which weights the plan has. */
const program: Program = {
  heddle: 1,
  name: 'learner',
  limits: { concurrency: 1 },
  nodes: {
    short1: { module: 'test.sleep', with: {}, timeoutMs: 90_000 },
    short2: { module: 'test.sleep', with: {}, timeoutMs: 90_000 },
    long: { module: 'test.sleep', with: {} },
  },
};
const durations = { short1: 10, short2: 12, long: 500 };

async function keepRecords(stores: Stores, count: number, of: Partial<ExecutionRecord> = {}): Promise<void> {
  for (let index = 0; index < count; index++) {
    const record = recordOf(durations, { programDigest: programDigest(program), programName: 'learner', ...of });
    const key = `learner/${String(index).padStart(16, '0')}/past${index}`;
    await stores.records.put({ scope: 'history', key, bytes: encode(record as never) }, null);
  }
  await stores.records.put(
    { scope: 'history-counts', key: 'learner', bytes: encode({ recorded: count, kept: count }) },
    null,
  );
}

/** Starts the program and tells the order in which its nodes began, what it ran and by which weights. */
async function run(engine: DefaultExecutionEngine, stores: Stores, source: Program = program) {
  const { executionId, timeline, status } = await engine.execute(source);
  expect(status).toBe('COMPLETED');
  const header = await stores.journal.header(executionId);
  const [first] = await stores.journal.read(executionId, 0, 1);
  return {
    executionId,
    order: timeline.filter(({ type }) => type === 'TASK_STARTED').map(({ taskId }) => taskId),
    digest: header?.programDigest,
    program: header?.program,
    weights: first?.type === 'ExecutionStarted' ? first.weights : null,
  };
}

async function learning(count = 30) {
  const { engine, stores } = await memoryEngine({ programs: (name) => (name === 'learner' ? program : undefined) });
  await keepRecords(stores, count);
  return { engine, stores };
}

test('a preview changes nothing; applied, the weights order the program and its changes are made', async () => {
  const { engine, stores } = await learning();
  const preview = await engine.optimizeProgram('learner', { preview: true, floorMs: 2000 });
  expect(preview.applied).toBe(false);
  expect(preview.proposal.weights).toEqual(durations);
  expect(preview.proposal.changes.map(({ path, to }) => [path, to])).toContainEqual(['nodes.long.timeoutMs', 2000]);
  const before = await run(engine, stores);
  expect(before).toMatchObject({ order: ['short1', 'short2', 'long'], digest: programDigest(program) });
  expect(before.weights).toBeUndefined();

  const { applied, proposal } = await engine.optimizeProgram('learner', { floorMs: 2000 });
  expect(applied).toBe(true);
  const after = await run(engine, stores);
  expect(after).toMatchObject({ order: ['long', 'short2', 'short1'], digest: proposal.toDigest });
  expect(after.digest).not.toBe(programDigest(program));
  expect(after.weights).toEqual(proposal.weights);
  expect(after.program?.nodes.long?.timeoutMs).toBe(2000);

  expect(await engine.revertOptimization('learner')).toBe(true);
  expect(await engine.revertOptimization('learner')).toBe(false);
  const reverted = await run(engine, stores);
  expect(reverted).toMatchObject({ order: ['short1', 'short2', 'long'], digest: programDigest(program) });
  expect(reverted.weights).toBeUndefined();
  await engine.close();
});

test('only that very program is tuned', async () => {
  const { engine, stores } = await learning();
  await engine.optimizeProgram('learner');
  const other = { ...program, nodes: { ...program.nodes, extra: { module: 'test.sleep', with: {} } } };
  expect((await run(engine, stores, other)).weights).toBeUndefined();
  await engine.close();
});

test('optimised again, the changes are those to the program as it is written', async () => {
  const { engine, stores } = await learning();
  const first = await engine.optimizeProgram('learner', { floorMs: 2000 });
  await run(engine, stores);
  const second = await engine.optimizeProgram('learner', { floorMs: 3000 });
  expect(second.proposal.fromDigest).toBe(first.proposal.fromDigest);
  expect((await run(engine, stores)).program?.nodes.long?.timeoutMs).toBe(3000);
  await engine.close();
  // An engine that was not given the program finds it by its latest execution, which ran with the changes.
  const stranger = engineOver(stores);
  const third = await stranger.optimizeProgram('learner', { floorMs: 4000 });
  expect(third.proposal.fromDigest).toBe(first.proposal.fromDigest);
  expect((await stranger.bottlenecks('learner'))[0]).toMatchObject({ node: 'long' });
  await stranger.close();
});

describe('an execution keeps the plan it was begun with', () => {
  test.each([false, true])('taken over by another host, after a checkpoint: %s', async (checkpoint) => {
    const { engine, stores } = await learning();
    await engine.optimizeProgram('learner');
    const waiting = {
      ...program,
      nodes: {
        ...program.nodes,
        first: { waitFor: { event: 'go' } },
        last: { module: 'test.sleep', needs: ['first'] },
      },
    };
    await keepWeights(stores, waiting, { ...durations, first: 0, last: 7 });
    const handle = await engine.start(waiting);
    if (checkpoint) await engine.createCheckpoint(handle.id);
    await engine.close();
    const heir = engineOver(stores);
    // What the heir would have learnt since does not matter.
    await heir.revertOptimization('learner');
    const taken = await heir.open(handle.id);
    await taken.signal('go');
    const { status, timeline } = await taken.result();
    expect(status).toBe('COMPLETED');
    const started = timeline.filter(({ type }) => type === 'TASK_STARTED').map(({ taskId }) => taskId);
    expect(started[0]).toBe('long');
    const later = engineOver(stores);
    const reread = await (await later.open(handle.id)).events();
    expect(reread).toEqual(timeline);
    const fork = await later.fork(handle.id, { from: 'long' });
    const [first] = await stores.journal.read(fork.id, 0, 1);
    expect(first).toMatchObject({ weights: { long: 500, last: 7 } });
    await fork.signal('go').catch(() => undefined);
    await heir.close();
    await later.close();
  });
});

async function keepWeights(stores: Stores, of: Program, weights: object): Promise<void> {
  const digest = programDigest(of);
  const tuning = { fromDigest: digest, toDigest: digest, changes: [], weights };
  const record = { scope: 'tuning', key: `learner/${digest}`, bytes: encode(tuning as never) };
  expect(await stores.records.put(record, null)).toBe(true);
}

describe('by itself', () => {
  test('what the first execution took is known to the second', async () => {
    const { engine, stores } = await learning(0);
    expect((await run(engine, stores)).weights).toBeUndefined();
    await engine.history('learner');
    expect(Object.keys((await run(engine, stores)).weights ?? {})).not.toHaveLength(0);
    await engine.close();
  });

  test('the weights are learnt after every 100th execution, the changes never', async () => {
    const { engine, stores } = await learning(98);
    expect((await run(engine, stores)).weights).toBeUndefined();
    await engine.history('learner');
    expect((await run(engine, stores)).weights).toBeUndefined();
    await engine.history('learner');
    const learnt = await run(engine, stores);
    expect(learnt.weights?.long).toBeGreaterThan(400);
    expect(learnt.digest).toBe(programDigest(program));
    expect(learnt.order[0]).toBe('long');
    await engine.close();
  });

  test('not after somebody has reverted them, until somebody asks again', async () => {
    const { engine, stores } = await learning(98);
    await engine.revertOptimization('learner');
    for (let count = 0; count < 3; count++) {
      expect((await run(engine, stores)).weights).toBeUndefined();
      await engine.history('learner');
    }
    await engine.optimizeProgram('learner');
    expect((await run(engine, stores)).weights?.long).toBeGreaterThan(400);
    await engine.close();
  });
});

test('nothing is known, nothing is applied', async () => {
  const { engine } = await learning(0);
  expect(await engine.optimizeProgram('learner')).toMatchObject({ applied: false, proposal: { changes: [] } });
  await expect(engine.optimizeProgram('nobody')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await engine.close();
});

test('a tuning that cannot be read is not used', async () => {
  const { stores } = await learning(0);
  await stores.records.put(
    { scope: 'tuning', key: `learner/${programDigest(program)}`, bytes: new Uint8Array([255]) },
    null,
  );
  const engine = engineOver(stores);
  expect((await run(engine, stores)).weights).toBeUndefined();
  await engine.close();
});
