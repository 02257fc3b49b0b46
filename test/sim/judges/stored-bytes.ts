import assert from 'node:assert';
import { DatabaseSync } from 'node:sqlite';
import { migrate } from '../../../src/adapters/sql/migrations.ts';
import type { SqlDatabase, SqlRow } from '../../../src/adapters/sql/sql-database.ts';
import { SqlJournalStore } from '../../../src/adapters/sql/sql-journal-store.ts';
import { isHeddleError } from '../../../src/errors.ts';

/** A byte that changed on the disk is noticed, in events and in checkpoints. */
export async function judge(): Promise<void> {
  const sqlite = new DatabaseSync(':memory:');
  const database: SqlDatabase = {
    exec: (sql, ...parameters) => sqlite.prepare(sql).all(...parameters) as readonly SqlRow[],
    transaction: (body) => body(),
  };
  migrate(database);
  const store = new SqlJournalStore(database);
  const program = { heddle: 1, name: 'p', nodes: { a: { module: 'm' } } } as const;
  store.create({ executionId: 'ex', programName: 'p', programDigest: 'd', program, createdAtMs: 1 });
  const epoch = store.claim('ex');
  const checkpoint = {
    checkpointId: 'cp',
    executionId: 'ex',
    seq: 1,
    createdAtMs: 1,
    bytes: Uint8Array.of(1, 2, 3, 4),
  };
  store.commit({
    executionId: 'ex',
    epoch,
    entries: [{ type: 'Woke', seq: 1, atMs: 1 }],
    status: 'RUNNING',
    atMs: 1,
    checkpoint,
  });
  for (const table of ['commits', 'checkpoints']) {
    const [row] = database.exec(`SELECT bytes FROM ${table}`);
    const bytes = Uint8Array.from(row?.bytes as Uint8Array);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    database.exec(`UPDATE ${table} SET bytes = ?`, bytes);
  }
  const noticed = (read: () => unknown): boolean => {
    try {
      read();
      return false;
    } catch (thrown) {
      return isHeddleError(thrown) && thrown.code === 'CORRUPT';
    }
  };
  assert.ok(
    noticed(() => store.read('ex', 0)),
    'changed events were read',
  );
  assert.ok(
    noticed(() => store.checkpoint('cp')),
    'a changed checkpoint was read',
  );
}
