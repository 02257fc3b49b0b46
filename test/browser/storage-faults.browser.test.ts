import { expect, test } from 'vitest';
import { IdbConnection } from '../../src/adapters/browser/idb-connection.ts';
import { IdbJournalStore } from '../../src/adapters/browser/idb-journal-store.ts';
import { storageFaults } from './support/storage-faults.ts';

// All of them in test/soak.
storageFaults(3);

test('an open that an old connection blocks settles, is told, and goes on when that is closed', async () => {
  const old = await new Promise<IDBDatabase>((resolve, reject) => {
    const opening = indexedDB.open('blocked', 1);
    opening.onupgradeneeded = () =>
      opening.result
        .createObjectStore('executions', { keyPath: 'executionId' })
        .createIndex('newest', ['createdAtMs', 'executionId']);
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  const connection = new IdbConnection('blocked', { openMsMax: 300, patienceMs: 0 });
  const journal = new IdbJournalStore(connection);
  const error = await journal.list().then(String, (thrown) => thrown);
  expect(error).toMatchObject({
    code: 'STORAGE_FAILED',
    retryable: true,
    hint: expect.stringContaining('close other tabs'),
  });
  expect(connection.health.status).toMatchObject({ state: 'failing' });
  old.close();
  for (let tries = 0; connection.health.status.state === 'failing'; tries++) {
    expect(tries).toBeLessThan(20);
    await journal.list().catch(() => undefined);
  }
  expect(connection.health.status.state).toBe('ok');
  await connection.close();
});

test('a commit whose write throws half-way leaves nothing behind', async () => {
  const connection = new IdbConnection('torn', { patienceMs: 0 });
  const journal = new IdbJournalStore(connection);
  const programOf = { heddle: 1, name: 'p', nodes: { a: { module: 'm' } } } as const;
  await journal.create({ executionId: 'ex', programName: 'p', programDigest: 'd', program: programOf, createdAtMs: 1 });
  const epoch = await journal.claim('ex');
  const commit = { executionId: 'ex', epoch, status: 'RUNNING', atMs: 1 } as const;
  const entries = [{ type: 'Woke', seq: 1, atMs: 1 }] as const;
  // Found out when the standing and the entries are on their way already.
  const checkpoint = { checkpointId: 'c', executionId: 'ex', seq: 1, odd: () => 1 } as never;
  await expect(journal.commit({ ...commit, entries, checkpoint })).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  expect((await journal.summary('ex'))?.status).toBe('PENDING');
  expect(await journal.read('ex', 0)).toEqual([]);
  await journal.commit({ ...commit, entries });
  expect(await journal.read('ex', 0)).toHaveLength(1);
  await connection.close();
});

test('a writer whose database was begun anew is told with its next commit that its execution is gone', async () => {
  const connection = new IdbConnection('anew', { patienceMs: 0 });
  const journal = new IdbJournalStore(connection);
  const program = { heddle: 1, name: 'p', nodes: { a: { module: 'm' } } } as const;
  await journal.create({ executionId: 'ex', programName: 'p', programDigest: 'd', program, createdAtMs: 1 });
  const epoch = await journal.claim('ex');
  const commit = (seq: number) => {
    const entries = [{ type: 'Woke', seq, atMs: 1 }] as const;
    return journal.commit({ executionId: 'ex', epoch, status: 'RUNNING', atMs: 1, entries });
  };
  await commit(1);
  await commit(2);
  // As a browser leaves it that could not read what was there.
  await connection.write('empty it', ['executions', 'standings', 'commits'], 'relaxed', async (transaction) => {
    for (const name of ['executions', 'standings', 'commits'] as const) await transaction.objectStore(name).clear();
  });
  const told: unknown[] = [];
  connection.health.listen(({ lost }) => told.push(lost?.reason));
  connection.health.lost({ at: new Date(), reason: 'checksum mismatch' });
  expect(told).toEqual(['checksum mismatch']);
  await expect(commit(3)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(connection.health.status).toMatchObject({ state: 'ok', lost: { reason: 'checksum mismatch' } });
  await connection.close();
});
