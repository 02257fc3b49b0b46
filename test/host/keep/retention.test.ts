import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openStores } from '../../../src/adapters/node/open-stores.ts';
import { createEngine, defineModule, type RetentionPolicy } from '../../../src/index.ts';
import { createTestEngine, quiet } from '../../../src/testing.ts';

const echo = defineModule<unknown, unknown>({ name: 'echo', version: '1', run: (input) => input });
const hour = 3_600_000;

const one = { heddle: 1, name: 'one', nodes: { a: { module: 'echo', with: { told: '${input.told}' } } } };
const waiting = { heddle: 1, name: 'waiting', nodes: { a: { waitFor: { event: 'go' } } } };
const parent = {
  heddle: 1,
  name: 'parent',
  nodes: { inner: { program: one, with: { told: '${input.told}' }, forEach: { items: '${[1, 2]}' } } },
};

function engineWith(retention?: RetentionPolicy) {
  return createTestEngine({ modules: [echo], ...(retention !== undefined && { retention }) });
}

const idsOf = async ({ engine }: ReturnType<typeof engineWith>): Promise<readonly string[]> =>
  (await engine.list({ limit: 1000 })).map(({ executionId }) => executionId);

describe('a sweep', () => {
  test('erases what is too old, and nothing that has not ended', async () => {
    const world = engineWith({ maxAgeMs: hour });
    const { engine, clock } = world;
    await engine.start(waiting, {}, { executionId: 'waits' });
    await engine.execute(one, {}, { executionId: 'old' });
    await clock.advance(hour);
    await engine.execute(one, {}, { executionId: 'new' });
    expect(await engine.sweep()).toMatchObject({ failed: 0 });
    expect(await idsOf(world)).toEqual(['new', 'waits']);
    await clock.advance(hour - 1);
    expect(await engine.sweep()).toEqual({ executions: 0, records: 0, failed: 0 });
    await clock.advance(1);
    expect(await engine.sweep()).toEqual({ executions: 1, records: 0, failed: 0 });
    expect(await idsOf(world)).toEqual(['waits']);
    await expect(engine.open('new')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(() => engine.getStatus('new')).toThrow('new');
  });

  test('keeps as many as it is told, the newest, with their sub-programs', async () => {
    const world = engineWith({ maxExecutions: 2 });
    for (const executionId of ['p1', 'p2', 'p3', 'p4']) {
      await world.engine.execute(parent, { told: 'x' }, { executionId });
      await world.clock.advance(10);
    }
    await world.engine.sweep();
    const left = await idsOf(world);
    expect(left.filter((id) => !id.includes('.'))).toEqual(['p4', 'p3']);
    expect(left).toHaveLength(2 + 4);
    expect(left.every((id) => id.startsWith('p3') || id.startsWith('p4'))).toBe(true);
  });

  test('is done by itself after an end, and when unfinished ones are looked for, at most once a minute', async () => {
    const world = engineWith({ maxExecutions: 1 });
    for (let n = 0; n < 3; n++) await world.engine.execute(one, {}, { executionId: `e${n}` });
    await quiet();
    // The first end swept, and found nothing to erase.
    expect(await idsOf(world)).toHaveLength(3);
    await world.clock.advance(60_000);
    await world.engine.execute(one, {}, { executionId: 'e3' });
    await world.engine.close();
    expect(await idsOf(world)).toEqual(['e3']);
    const next = createTestEngine({ ...world, modules: [echo], retention: { maxExecutions: 0 } });
    await next.engine.recover();
    await next.engine.close();
    expect(await idsOf(next)).toEqual([]);
  });

  test('without a policy erases only records that have expired', async () => {
    const world = engineWith();
    const cached = { heddle: 1, name: 'c', nodes: { a: { module: 'echo', with: { n: 1 }, cache: { ttlMs: 1000 } } } };
    await world.engine.execute(cached);
    expect(await world.engine.sweep()).toEqual({ executions: 0, records: 0, failed: 0 });
    await world.clock.advance(hour);
    expect((await world.engine.sweep()).records).toBeGreaterThan(0);
    expect(await idsOf(world)).toHaveLength(1);
  });

  test('of any executions leaves those a reading of the policy leaves', async () => {
    const ends = fc.record({ gapMs: fc.integer({ min: 0, max: 50 }), ends: fc.boolean() });
    const policy = fc.record(
      { maxAgeMs: fc.integer({ min: 0, max: 300 }), maxExecutions: fc.integer({ min: 0, max: 8 }) },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(ends, { maxLength: 12 }), policy, async (executions, retention) => {
        const world = engineWith();
        const begun: { readonly id: string; readonly ends: boolean; readonly atMs: number }[] = [];
        for (const [index, { gapMs, ends }] of executions.entries()) {
          await world.clock.advance(gapMs);
          const id = `e${String(index).padStart(2, '0')}`;
          if (ends) await world.engine.execute(one, {}, { executionId: id });
          else await world.engine.start(waiting, {}, { executionId: id });
          begun.push({ id, ends, atMs: world.clock.now() });
        }
        const { engine } = createTestEngine({ ...world, modules: [echo], retention });
        await engine.sweep();
        const { maxAgeMs = Number.POSITIVE_INFINITY, maxExecutions = Number.POSITIVE_INFINITY } = retention;
        const young = begun.filter(({ ends, atMs }) => ends && world.clock.now() - atMs < maxAgeMs);
        const kept = young.slice(Math.max(0, young.length - maxExecutions));
        const expected = [...kept, ...begun.filter(({ ends }) => !ends)].map(({ id }) => id).sort();
        expect([...(await idsOf(world))].sort()).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  test('a policy that is none is refused', () => {
    for (const retention of [{ maxAgeMs: -1 }, { maxExecutions: Number.NaN }]) {
      expect(() => engineWith(retention)).toThrow('retention.max');
    }
  });
});

describe('deleting', () => {
  test('what is alive is refused', async () => {
    const { engine } = engineWith();
    const { id } = await engine.start(waiting);
    await expect(engine.delete(id)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await expect(engine.delete('nobody')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('leaves nothing of an execution in the file: neither values, checkpoints, sub-programs nor its name', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'heddle-erased-'));
    const bytesOf = (): string =>
      readdirSync(directory)
        .map((name) => readFileSync(join(directory, name), 'latin1'))
        .join('');
    const engine = await createEngine({ modules: [echo], directory });
    try {
      // A small one that lies in the events, and one that is an artifact in several parts.
      const [small, large] = ['erasable-canary-small', 'erasable-canary-large'];
      const told = { small, large: large.repeat(70_000) };
      const { executionId: kept } = await engine.execute(one, { told: 'kept-canary' });
      const erased = await engine.start(parent, { told }, { executionId: 'erased-canary' });
      await erased.result();
      const forked = await engine.fork(erased.id, { from: 'inner' });
      await forked.result();
      const held = await engine.start({ ...waiting, name: 'held' }, { told: small });
      await engine.createCheckpoint(held.id);
      await held.signal('go', { told: large });
      await held.result();
      const found = (canaries: readonly string[]) => {
        const stored = bytesOf();
        return canaries.filter((canary) => stored.includes(canary));
      };
      const canaries = [small, large, 'erased-canary', held.id];
      expect(found([...canaries, 'kept-canary'])).toHaveLength(5);
      for (const { id } of [forked, erased, held]) await engine.delete(id);
      expect(found([...canaries, 'kept-canary'])).toEqual(['kept-canary']);
      expect((await engine.open(kept)).status).toBe('COMPLETED');
      // What was learnt stays.
      expect((await engine.history('parent')).map(({ executionId }) => executionId)).toEqual(['erased', 'erased']);
      expect((await engine.profile('parent')).executions).toBe(2);
    } finally {
      await engine.close();
      rmSync(directory, { recursive: true });
    }
  });

  test('a file that was opened anew has nothing of it either', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'heddle-erased-'));
    try {
      const first = await createEngine({ modules: [echo], directory });
      await first.execute(one, { told: 'erasable-canary' }, { executionId: 'e' });
      await first.close();
      const second = await createEngine({ modules: [echo], directory, retention: { maxAgeMs: 0 } });
      expect(await second.sweep()).toEqual({ executions: 1, records: 0, failed: 0 });
      await second.close();
      const stores = await openStores(directory);
      expect(await stores.artifacts.list('e')).toEqual([]);
      stores.close();
      for (const name of readdirSync(directory)) {
        expect(readFileSync(join(directory, name), 'latin1').includes('erasable-canary')).toBe(false);
      }
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
