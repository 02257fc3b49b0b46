import { openDB } from 'idb';
import { expect, test } from 'vitest';
import { IdbArtifactStore } from '../../src/adapters/browser/idb-artifact-store.ts';
import { IdbConnection } from '../../src/adapters/browser/idb-connection.ts';
import { IdbJournalStore } from '../../src/adapters/browser/idb-journal-store.ts';
import { IdbRecordStore } from '../../src/adapters/browser/idb-record-store.ts';
import { sha256Hex } from '../../src/program/digest.ts';
import { type OpenRecords, recordStoreContract } from '../contract/record-store.contract.ts';

let databases = 0;

async function inDatabase(name = `records-${databases++}`): Promise<OpenRecords> {
  const connection = new IdbConnection(name);
  return {
    records: new IdbRecordStore(connection),
    reopen: async () => {
      await connection.close();
      return inDatabase(name);
    },
  };
}

recordStoreContract('IndexedDB', () => inDatabase());

test('what the caller does to the bytes while they are being stored is not stored', async () => {
  const { records } = await inDatabase();
  const bytes = Uint8Array.of(1, 2, 3);
  const putting = records.put({ scope: 's', key: 'a', bytes }, null);
  bytes.fill(9);
  await putting;
  expect((await records.get('s', 'a'))?.bytes).toEqual(Uint8Array.of(1, 2, 3));
});

/** The database as the first version made it. */
async function firstVersion(name: string) {
  return openDB(name, 1, {
    upgrade(database) {
      const executions = database.createObjectStore('executions', { keyPath: 'executionId' });
      executions.createIndex('newest', ['createdAtMs', 'executionId']);
      database.createObjectStore('commits', { keyPath: ['executionId', 'firstSeq'] });
      const checkpoints = database.createObjectStore('checkpoints', { keyPath: 'checkpointId' });
      checkpoints.createIndex('ofExecution', ['executionId', 'seq']);
      database.createObjectStore('artifacts', { keyPath: ['executionId', 'digest'] });
    },
    blocking: (_, __, event) => (event.target as IDBDatabase).close(),
  });
}

test('a database of version 1 becomes version 4, keeps its data, and has records', async () => {
  const old = await firstVersion('upgrade');
  const bytes = Uint8Array.of(1, 2, 3);
  const program = { heddle: 1, name: 'p', nodes: { a: { module: 'm' } } } as const;
  const header = { executionId: 'ex', programName: 'p', programDigest: 'd', program, createdAtMs: 1 };
  await old.put('executions', {
    ...{ executionId: 'ex', header, status: 'RUNNING', epoch: 3 },
    ...{ lastSeq: 1, createdAtMs: 1, updatedAtMs: 2 },
  });
  const entries = [{ type: 'Woke', seq: 1, atMs: 1 }];
  await old.put('commits', { executionId: 'ex', firstSeq: 1, lastSeq: 1, entries });
  await old.put('artifacts', { executionId: 'ex', digest: sha256Hex(bytes), bytes });
  // Not closed: a tab of the old version gives way, as it was written to.
  const connection = new IdbConnection('upgrade');
  const journal = new IdbJournalStore(connection);
  expect(await journal.header('ex')).toEqual(header);
  expect(await journal.read('ex', 0)).toEqual(entries);
  expect(await journal.claim('ex')).toBe(4);
  expect(await journal.list()).toMatchObject([
    { executionId: 'ex', status: 'RUNNING', createdAtMs: 1, updatedAtMs: 2 },
  ]);
  expect(await new IdbArtifactStore(connection).get('ex', sha256Hex(bytes))).toEqual(bytes);
  const records = new IdbRecordStore(connection);
  expect(await records.put({ scope: 's', key: 'a', bytes }, null)).toBe(true);
  expect(await records.get('s', 'a')).toMatchObject({ version: 1, bytes });
  await connection.close();
});

/** A journal that has begun, through a store of its own. */
async function begun(name: string) {
  const open = () => new IdbJournalStore(new IdbConnection(name));
  const journal = open();
  const program = { heddle: 1, name: 'p', nodes: { a: { module: 'm' } } } as const;
  const create = (store: IdbJournalStore) =>
    store.create({ executionId: 'ex', programName: 'p', programDigest: 'd', program, createdAtMs: 1 });
  await create(journal);
  const commit = (store: IdbJournalStore, epoch: number, seq: number, atMs = 10, count = 1) =>
    store.commit({
      executionId: 'ex',
      epoch,
      entries: Array.from({ length: count }, (_, index) => ({ type: 'Woke', seq: seq + index, atMs })),
      status: 'RUNNING',
      atMs,
    });
  const seqs = async () => (await open().read('ex', 0)).map(({ seq }) => seq);
  return { journal, open, commit, create, seqs };
}

test('a writer whose epoch is over is fenced by its very next commit, though that reads nothing', async () => {
  const { journal, open, commit, seqs } = await begun('fence');
  expect(await journal.claim('ex')).toBe(1);
  await commit(journal, 1, 1);
  await commit(journal, 1, 2, 11, 3);
  const other = open();
  expect(await other.claim('ex')).toBe(2);
  expect(await seqs()).toEqual([1, 2, 3, 4]);
  // The other has not committed yet: its fence holds the place.
  await expect(commit(journal, 1, 5)).rejects.toMatchObject({ code: 'FENCED' });
  await commit(other, 2, 5);
  await commit(other, 2, 6);
  await expect(commit(journal, 1, 5)).rejects.toMatchObject({ code: 'FENCED' });
  await expect(commit(journal, 1, 7)).rejects.toMatchObject({ code: 'FENCED' });
  // Claimed twice without a commit between, and gone on with.
  const third = open();
  expect([await third.claim('ex'), await third.claim('ex')]).toEqual([3, 4]);
  await expect(commit(other, 2, 7)).rejects.toMatchObject({ code: 'FENCED' });
  await expect(commit(third, 3, 7)).rejects.toMatchObject({ code: 'FENCED' });
  await commit(third, 4, 7);
  await commit(third, 4, 8);
  expect(await seqs()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect((await open().read('ex', 6)).map(({ seq }) => seq)).toEqual([7, 8]);
});

test('of two that commit at once in one epoch, one is refused; numbers with a gap or used twice are, too', async () => {
  const { journal, open, commit, seqs } = await begun('conflict');
  const epoch = await journal.claim('ex');
  await commit(journal, epoch, 1);
  await commit(journal, epoch, 2);
  await expect(commit(journal, epoch, 4)).rejects.toMatchObject({ code: 'CONFLICT' });
  await commit(journal, epoch, 3);
  await expect(commit(journal, epoch, 3)).rejects.toMatchObject({ code: 'CONFLICT' });
  const twin = open();
  await commit(twin, epoch, 4);
  await expect(commit(journal, epoch, 4)).rejects.toMatchObject({ code: 'CONFLICT' });
  await commit(twin, epoch, 5);
  expect(await seqs()).toEqual([1, 2, 3, 4, 5]);
});

test('a writer whose execution was deleted notices within a second, and leaves nothing to the next of that name', async () => {
  const { journal, open, commit, create, seqs } = await begun('deleted');
  const epoch = await journal.claim('ex');
  await commit(journal, epoch, 1);
  await open().delete('ex');
  await commit(journal, epoch, 2, 900);
  await expect(commit(journal, epoch, 3, 1010)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const next = open();
  await create(next);
  await commit(next, await next.claim('ex'), 1);
  expect(await seqs()).toEqual([1]);
});

test('how an execution stands is at most a second old', async () => {
  const { journal, commit } = await begun('standing');
  const epoch = await journal.claim('ex');
  for (const [index, atMs] of [1000, 1500, 1900, 2100, 2500].entries()) {
    await commit(journal, epoch, index + 1, atMs);
    expect(atMs - ((await journal.summary('ex'))?.updatedAtMs ?? 0)).toBeLessThan(1000);
  }
});
