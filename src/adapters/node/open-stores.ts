import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ArtifactStore } from '../../ports/artifact-store.ts';
import type { JournalStore } from '../../ports/journal-store.ts';
import type { RecordStore } from '../../ports/record-store.ts';
import { MemoryArtifactStore } from '../memory/artifact-store.ts';
import { MemoryJournalStore } from '../memory/journal-store.ts';
import { MemoryRecordStore } from '../memory/record-store.ts';
import { migrate } from '../sql/migrations.ts';
import { SqlArtifactStore } from '../sql/sql-artifact-store.ts';
import { SqlJournalStore } from '../sql/sql-journal-store.ts';
import { SqlRecordStore } from '../sql/sql-record-store.ts';
import { openSqlite, type SqliteOptions } from './sqlite-database.ts';

export interface Stores {
  readonly journal: JournalStore;
  readonly artifacts: ArtifactStore;
  readonly records: RecordStore;
  close(): void;
}

/** Stores in the file `heddle.sqlite` of a folder, which is made when it is not there; without a folder, in memory. */
export async function openStores(directory?: string, options?: SqliteOptions): Promise<Stores> {
  if (directory === undefined) {
    const artifacts = new MemoryArtifactStore();
    const records = new MemoryRecordStore();
    return { journal: new MemoryJournalStore(artifacts), artifacts, records, close: () => undefined };
  }
  mkdirSync(directory, { recursive: true });
  const database = await openSqlite(join(directory, 'heddle.sqlite'), options);
  migrate(database);
  return {
    journal: new SqlJournalStore(database),
    artifacts: new SqlArtifactStore(database),
    records: new SqlRecordStore(database),
    close: () => database.close(),
  };
}
