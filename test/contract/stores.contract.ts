import { describe, expect, test } from 'vitest';
import type { JournalEntry } from '../../src/engine/event.ts';
import type { ArtifactStore } from '../../src/ports/artifact-store.ts';
import type { Commit, ExecutionHeader, JournalStore } from '../../src/ports/journal-store.ts';
import { sha256Hex } from '../../src/program/digest.ts';
import type { Value } from '../../src/program/value.ts';

/** A store as a test sees it: every method may answer later. */
export type Later<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> | R : T[K];
};

export interface OpenStores {
  readonly journal: Later<JournalStore>;
  readonly artifacts: Later<ArtifactStore>;
  /** The same data through a fresh connection; absent where nothing outlives the process. */
  readonly reopen?: () => Promise<OpenStores>;
}

const program = {
  heddle: 1,
  name: 'p',
  nodes: { zebra: { module: 'm' }, apple: { module: 'm', needs: ['zebra'] }, '10': { module: 'm' } },
} as const;
const header = (executionId: string, createdAtMs = 1000, programName = 'p'): ExecutionHeader => ({
  executionId,
  programName,
  programDigest: 'd1',
  program,
  createdAtMs,
});
const woke = (seq: number, atMs = seq): JournalEntry => ({ type: 'Woke', seq, atMs });
const succeeded = (seq: number, value: Value): JournalEntry => ({
  type: 'AttemptSucceeded',
  node: 'zebra',
  attempt: 1,
  epoch: 1,
  output: { value },
  seq,
  atMs: seq,
});
const commit = (
  executionId: string,
  epoch: number,
  entries: readonly JournalEntry[],
  more: Partial<Commit> = {},
): Commit => ({
  executionId,
  epoch,
  entries,
  status: 'RUNNING',
  atMs: 2000,
  ...more,
});
const checkpoint = (executionId: string, checkpointId: string, seq: number) => ({
  checkpointId,
  executionId,
  seq,
  createdAtMs: 5,
  bytes: Uint8Array.of(1, seq),
});
const failing = (code: string) => expect.objectContaining({ code });

/** What every journal store (JS) and artifact store (AS) must do; run by each adapter on its real platform. */
export function storesContract(name: string, open: () => Promise<OpenStores>): void {
  const claimed = async (executionId = 'ex_1'): Promise<OpenStores> => {
    const stores = await open();
    await stores.journal.create(header(executionId));
    expect(await stores.journal.claim(executionId)).toBe(1);
    return stores;
  };
  /** Promises and throws alike. */
  const refused = (attempt: () => unknown, code: string) =>
    expect((async () => attempt())()).rejects.toEqual(failing(code));

  describe(`stores: ${name}`, () => {
    test('JS1 a header comes back as it was, the order of nodes included', async () => {
      const { journal } = await claimed();
      expect(await journal.header('ex_1')).toEqual(header('ex_1'));
      expect(Object.keys((await journal.header('ex_1'))?.program.nodes ?? {})).toEqual(Object.keys(program.nodes));
      expect(await journal.header('nobody')).toBeUndefined();
    });

    test('JS2 an id is taken once', async () => {
      const { journal } = await claimed();
      await refused(() => journal.create(header('ex_1')), 'ALREADY_EXISTS');
    });

    test('JS2 an execution that begins is there with its first commit, created and claimed, and of an id that was free', async () => {
      const { journal, reopen } = await open();
      // Not every store has it.
      if (journal.begin === undefined) return;
      await journal.begin(header('ex_1'));
      await refused(() => journal.commit(commit('ex_1', 1, [woke(2)])), 'CONFLICT');
      expect(await journal.header('ex_1')).toBeUndefined();
      expect(await journal.list()).toEqual([]);
      await refused(() => journal.commit(commit('ex_1', 1, [woke(1)])), 'NOT_FOUND');
      await journal.begin(header('ex_1'));
      await journal.commit(commit('ex_1', 1, [woke(1)]));
      await refused(() => journal.begin?.(header('ex_1')), 'ALREADY_EXISTS');
      await refused(() => journal.create(header('ex_1')), 'ALREADY_EXISTS');
      const again = (await reopen?.())?.journal ?? journal;
      expect(await again.header('ex_1')).toEqual(header('ex_1'));
      expect(await again.read('ex_1', 0)).toEqual([woke(1)]);
      expect(await again.claim('ex_1')).toBe(2);
      await refused(() => again.commit(commit('ex_1', 1, [woke(2)])), 'FENCED');
    });

    test('JS3 each claim raises the epoch, and an older one is fenced without effect', async () => {
      const { journal } = await claimed();
      expect(await journal.claim('ex_1')).toBe(2);
      await refused(() => journal.commit(commit('ex_1', 1, [woke(1)])), 'FENCED');
      expect(await journal.read('ex_1', 0)).toEqual([]);
      await journal.commit(commit('ex_1', 2, [woke(1)]));
      await refused(() => journal.claim('nobody'), 'NOT_FOUND');
    });

    test('JS4 a gap or an overlap is a conflict and stores nothing of the commit', async () => {
      const { journal } = await claimed();
      await journal.commit(commit('ex_1', 1, [woke(1), woke(2)]));
      for (const entries of [[woke(2)], [woke(4)], [woke(3), woke(5)]]) {
        await refused(
          () =>
            journal.commit(commit('ex_1', 1, entries, { status: 'FAILED', checkpoint: checkpoint('ex_1', 'cp', 3) })),
          'CONFLICT',
        );
      }
      expect((await journal.read('ex_1', 0)).map(({ seq }) => seq)).toEqual([1, 2]);
      expect(await journal.summary('ex_1')).toMatchObject({ status: 'RUNNING' });
      expect(await journal.checkpoint('cp')).toBeUndefined();
    });

    test('JS5 entries come back exactly: typed arrays, bytes, text of any script, numbers to the last bit', async () => {
      const { journal } = await claimed();
      const value: Value = {
        floats: Float32Array.of(1.5, Number.NaN, -0),
        doubles: Float64Array.of(Math.PI),
        bytes: Uint8Array.of(0, 255),
        clamped: Uint8ClampedArray.of(7),
        words: Uint32Array.of(2 ** 32 - 1),
        text: 'Queequeg — 鯨 🐋',
        numbers: [0, -0, 1e-9, 2 ** 53 - 1, -1.5, 1e300],
        deep: { nothing: null, yes: true, list: [[], {}] },
      };
      await journal.commit(commit('ex_1', 1, [succeeded(1, value)]));
      const [entry] = await journal.read('ex_1', 0);
      expect(entry).toEqual(succeeded(1, value));
      expect(
        Object.is((entry as unknown as { output: { value: { numbers: number[] } } }).output.value.numbers[1], -0),
      ).toBe(true);
    });

    test('JS6 read gives the entries after a seq, in order, at most as many as asked', async () => {
      const { journal } = await claimed();
      await journal.commit(commit('ex_1', 1, [woke(1), woke(2), woke(3)]));
      await journal.commit(commit('ex_1', 1, [woke(4)]));
      await journal.commit(commit('ex_1', 1, [woke(5), woke(6)]));
      const seqs = async (after: number, limit?: number) =>
        (await journal.read('ex_1', after, limit)).map(({ seq }) => seq);
      expect(await seqs(0)).toEqual([1, 2, 3, 4, 5, 6]);
      expect(await seqs(2)).toEqual([3, 4, 5, 6]);
      expect(await seqs(4, 1)).toEqual([5]);
      expect(await seqs(6)).toEqual([]);
      expect(await journal.read('nobody', 0)).toEqual([]);
    });

    test('JS7 a commit may be empty of entries and still set status, time and checkpoint', async () => {
      const { journal } = await claimed();
      await journal.commit(
        commit('ex_1', 1, [], { status: 'PAUSED', atMs: 77, checkpoint: checkpoint('ex_1', 'cp_1', 0) }),
      );
      expect(await journal.summary('ex_1')).toMatchObject({ status: 'PAUSED', updatedAtMs: 77 });
      expect(await journal.checkpoint('cp_1')).toEqual(checkpoint('ex_1', 'cp_1', 0));
    });

    test('JS8 checkpoints are listed by seq, and the latest is the one with the highest', async () => {
      const { journal } = await claimed();
      await journal.commit(commit('ex_1', 1, [woke(1)], { checkpoint: checkpoint('ex_1', 'late', 9) }));
      await journal.commit(commit('ex_1', 1, [woke(2)], { checkpoint: checkpoint('ex_1', 'early', 2) }));
      expect((await journal.checkpoints('ex_1')).map(({ checkpointId }) => checkpointId)).toEqual(['early', 'late']);
      expect(await journal.latestCheckpoint('ex_1')).toEqual(checkpoint('ex_1', 'late', 9));
      expect(await journal.latestCheckpoint('nobody')).toBeUndefined();
    });

    test('JS9 the list is newest first, filtered, and goes on after a mark', async () => {
      const { journal } = await open();
      for (const [id, createdAtMs, name] of [
        ['a', 1, 'p'],
        ['b', 3, 'q'],
        ['c', 3, 'p'],
        ['d', 2, 'p'],
      ] as const)
        await journal.create(header(id, createdAtMs, name));
      await journal.claim('d');
      await journal.commit(commit('d', 1, [woke(1)], { status: 'COMPLETED' }));
      const ids = async (filter?: Parameters<JournalStore['list']>[0]) =>
        (await journal.list(filter)).map(({ executionId }) => executionId);
      expect(await ids()).toEqual(['c', 'b', 'd', 'a']);
      expect(await ids({ limit: 2 })).toEqual(['c', 'b']);
      expect(await ids({ before: 'b', limit: 2 })).toEqual(['d', 'a']);
      expect(await ids({ programName: 'p', status: ['PENDING', 'RUNNING'] })).toEqual(['c', 'a']);
    });

    test('JS10 delete erases an execution with everything it stored, and nothing else', async () => {
      const { journal, artifacts } = await claimed();
      await journal.create(header('ex_2'));
      await journal.commit(commit('ex_1', 1, [woke(1)], { checkpoint: checkpoint('ex_1', 'cp', 1) }));
      const bytes = Uint8Array.of(1, 2, 3);
      for (const id of ['ex_1', 'ex_2']) await artifacts.put(id, sha256Hex(bytes), bytes);
      await journal.delete('ex_1');
      await journal.delete('ex_1');
      expect(await journal.header('ex_1')).toBeUndefined();
      expect(await journal.read('ex_1', 0)).toEqual([]);
      expect(await journal.checkpoint('cp')).toBeUndefined();
      expect(await artifacts.list('ex_1')).toEqual([]);
      expect(await artifacts.get('ex_2', sha256Hex(bytes))).toEqual(bytes);
      expect(await journal.header('ex_2')).toBeDefined();
    });

    test('JS11 of two that commit the same events exactly one wins', async () => {
      const { journal } = await claimed();
      const both = await Promise.allSettled([0, 1].map(async () => journal.commit(commit('ex_1', 1, [woke(1)]))));
      expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect((await journal.read('ex_1', 0)).length).toBe(1);
    });

    test('JS12 ids may be any text', async () => {
      for (const id of ['__proto__', 'constructor', "a'; DROP TABLE executions; --", '鯨/🐋%_', ' ']) {
        const { journal } = await claimed(id);
        await journal.commit(commit(id, 1, [woke(1)]));
        expect((await journal.read(id, 0)).length).toBe(1);
      }
    });

    test('JS13 10,000 entries in 100 commits', { timeout: 60_000 }, async () => {
      const { journal } = await claimed();
      for (let first = 1; first <= 10_000; first += 100) {
        await journal.commit(
          commit(
            'ex_1',
            1,
            Array.from({ length: 100 }, (_, index) => woke(first + index)),
          ),
        );
      }
      const entries = await journal.read('ex_1', 0);
      expect(entries.length).toBe(10_000);
      expect(entries.at(-1)).toEqual(woke(10_000));
    });

    test('JS14 a commit larger than a row is stored whole', { timeout: 60_000 }, async () => {
      const { journal } = await claimed();
      const big = new Uint8Array(5 * 2 ** 20).map((_, index) => index % 251);
      await journal.commit(commit('ex_1', 1, [succeeded(1, big), woke(2)]));
      const [entry] = await journal.read('ex_1', 0);
      expect(sha256Hex((entry as unknown as { output: { value: Uint8Array } }).output.value)).toBe(sha256Hex(big));
    });

    test('JS15 what was acknowledged is there after opening again', async () => {
      const stores = await claimed();
      if (stores.reopen === undefined) return;
      await stores.journal.commit(
        commit('ex_1', 1, [woke(1)], { checkpoint: checkpoint('ex_1', 'cp', 1), status: 'PAUSED' }),
      );
      const { journal } = await stores.reopen();
      expect(await journal.read('ex_1', 0)).toEqual([woke(1)]);
      expect(await journal.summary('ex_1')).toMatchObject({ status: 'PAUSED' });
      expect(await journal.claim('ex_1')).toBe(2);
      expect((await journal.latestCheckpoint('ex_1'))?.checkpointId).toBe('cp');
    });

    test('AS1 an artifact comes back as it was, of 20 MB too; putting it twice is putting it once', {
      timeout: 60_000,
    }, async () => {
      const { artifacts } = await claimed();
      for (const length of [0, 3, 20_000_000]) {
        const bytes = new Uint8Array(length).map((_, index) => (index * 31) % 256);
        const digest = sha256Hex(bytes);
        await artifacts.put('ex_1', digest, bytes);
        await artifacts.put('ex_1', digest, bytes);
        const back = await artifacts.get('ex_1', digest);
        expect(back?.byteLength).toBe(length);
        expect(sha256Hex(back ?? new Uint8Array())).toBe(digest);
      }
      expect((await artifacts.list('ex_1')).length).toBe(3);
      expect(await artifacts.get('ex_1', 'nothing')).toBeUndefined();
    });

    test('AS2 bytes that are not what the digest says are CORRUPT', async () => {
      const { artifacts } = await claimed();
      await artifacts.put('ex_1', 'f'.repeat(64), Uint8Array.of(1));
      await refused(() => artifacts.get('ex_1', 'f'.repeat(64)), 'CORRUPT');
    });
  });
}
