import type { DBSchema, IDBPDatabase } from 'idb';
import type { JournalEntry } from '../../engine/event.ts';
import type { ExecutionHeader, StoredCheckpoint, StoredStatus } from '../../ports/journal-store.ts';
import type { StoredRecord } from '../../ports/record-store.ts';

/** The object stores of the database: those of version 1, and `records` since version 2. */
export interface HeddleSchema extends DBSchema {
  executions: {
    key: string;
    value: {
      executionId: string;
      header: ExecutionHeader;
      status: StoredStatus;
      epoch: number;
      lastSeq: number;
      createdAtMs: number;
      updatedAtMs: number;
    };
    indexes: { newest: [number, string] };
  };
  /** One record per commit. */
  commits: {
    key: [string, number];
    value: { executionId: string; firstSeq: number; lastSeq: number; entries: readonly JournalEntry[] };
  };
  checkpoints: { key: string; value: StoredCheckpoint; indexes: { ofExecution: [string, number] } };
  artifacts: { key: [string, string]; value: { executionId: string; digest: string; bytes: Uint8Array } };
  /** `id` is the key as UTF-8, which orders as in every other home. */
  records: {
    key: [string, Uint8Array<ArrayBuffer>];
    value: StoredRecord & { readonly id: Uint8Array<ArrayBuffer> };
    indexes: { expiring: number };
  };
}

export type HeddleDatabase = IDBPDatabase<HeddleSchema>;

export const schemaVersion = 2;

/** Step by step from whatever version is there; a step that has been released is never changed. */
export function upgradeSchema(database: HeddleDatabase, oldVersion: number): void {
  if (oldVersion < 1) {
    const executions = database.createObjectStore('executions', { keyPath: 'executionId' });
    executions.createIndex('newest', ['createdAtMs', 'executionId']);
    database.createObjectStore('commits', { keyPath: ['executionId', 'firstSeq'] });
    const checkpoints = database.createObjectStore('checkpoints', { keyPath: 'checkpointId' });
    checkpoints.createIndex('ofExecution', ['executionId', 'seq']);
    database.createObjectStore('artifacts', { keyPath: ['executionId', 'digest'] });
  }
  if (oldVersion < 2) {
    // A record that does not expire is not in the index.
    database.createObjectStore('records', { keyPath: ['scope', 'id'] }).createIndex('expiring', 'expiresAtMs');
  }
}
