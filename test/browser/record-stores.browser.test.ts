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

test('a database of version 1 becomes version 3, keeps its data, and has records', async () => {
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
