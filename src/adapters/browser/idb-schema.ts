import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from 'idb';
import type { JournalEntry } from '../../engine/event.ts';
import type { ExecutionHeader, StoredCheckpoint, StoredStatus } from '../../ports/journal-store.ts';
import type { StoredRecord } from '../../ports/record-store.ts';

/** The object stores of the database: those of version 1, `records` since version 2, `standings` since version 3. */
export interface HeddleSchema extends DBSchema {
  /** What never changes. With every commit the whole program would be written again. */
  executions: {
    key: string;
    value: { executionId: string; header: ExecutionHeader; createdAtMs: number };
    indexes: { newest: [number, string] };
  };
  /** How executions stand: as of the last commit that changed their status, or of one at most a second old. */
  standings: {
    key: string;
    value: { executionId: string; status: StoredStatus; epoch: number; lastSeq: number; updatedAtMs: number };
  };
  /**
   * One record per commit: its entries packed as canonical bytes, or as they are in those from before version 3. Or the fence of an epoch, which
   * holds the place of its first commit; since version 4.
   */
  commits: {
    key: [string, number];
    value: { executionId: string; firstSeq: number; lastSeq: number } & (
      | { readonly bytes: Uint8Array }
      | { readonly entries: readonly JournalEntry[] }
      | { readonly fence: number }
    );
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

export const schemaVersion = 4;

export type Upgrade = IDBPTransaction<HeddleSchema, StoreNames<HeddleSchema>[], 'versionchange'>;
