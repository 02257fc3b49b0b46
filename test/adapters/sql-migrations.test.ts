import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { SqliteDatabase } from '../../src/adapters/node/sqlite-database.ts';
import { migrate } from '../../src/adapters/sql/migrations.ts';
import { SqlArtifactStore } from '../../src/adapters/sql/sql-artifact-store.ts';
import { SqlJournalStore } from '../../src/adapters/sql/sql-journal-store.ts';
import { SqlRecordStore } from '../../src/adapters/sql/sql-record-store.ts';
import { sha256Hex } from '../../src/program/digest.ts';
import { FaultPlan } from '../../src/testing/fault-plan.ts';
import { createTestEngine } from '../../src/testing/test-engine.ts';
import { inputs, modules, rightResult, sixtyTasks } from '../faults/sixty-tasks.ts';

/** Takes away what step 3 has brought: the program goes back into its row, seals go, checkpoints are digested as they were. */
function backToStep2(database: SqliteDatabase): void {
  const [row] = database.exec("SELECT CAST(bytes AS TEXT) AS json FROM programs WHERE execution_id = 'ex'");
  database.exec('UPDATE executions SET program_json = ?', String(row?.json));
  database.exec('ALTER TABLE executions DROP COLUMN seal');
  database.exec('DROP TABLE programs');
  for (const { checkpoint_id, bytes } of database.exec('SELECT checkpoint_id, bytes FROM checkpoints')) {
    const digest = sha256Hex(bytes as Uint8Array);
    database.exec('UPDATE checkpoints SET digest = ? WHERE checkpoint_id = ?', digest, checkpoint_id ?? null);
  }
  database.exec('DELETE FROM migrations WHERE step > 2');
}

test('RC1 an execution stored before programs had a table and rows had seals goes on, and is sealed from then on', async () => {
  const database = new SqliteDatabase(new DatabaseSync(':memory:'));
  migrate(database);
  const stores = {
    journal: new SqlJournalStore(database),
    artifacts: new SqlArtifactStore(database),
    records: new SqlRecordStore(database),
  };
  const faults = new FaultPlan([{ on: 'commit', at: 20, effect: 'die' }]);
  const before = createTestEngine({ modules, stores, slots: 3, faults });
  const begun = await before.engine.start(sixtyTasks(), inputs, { executionId: 'ex' });
  await expect(begun.result()).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  backToStep2(database);

  migrate(database);
  expect(database.exec('SELECT seal FROM executions')).toEqual([{ seal: '' }]);
  const { engine } = createTestEngine({ modules, stores, slots: 3 });
  const handle = await engine.open('ex');
  expect((await handle.result()).result).toEqual(rightResult());
  const [{ seal } = {}] = database.exec('SELECT seal FROM executions');
  expect(seal).toMatch(/^[0-9a-f]{64}$/);
  database.exec("UPDATE executions SET status = 'RUNNING'");
  expect(() => stores.journal.summary('ex')).toThrow(expect.objectContaining({ code: 'CORRUPT' }));
  database.close();
});
