import { addCounts, type Counts } from '../../ports/counts.ts';
import { compareBytes, endOfPrefix, keyBytes } from '../../ports/record-key.ts';
import {
  listLimitDefault,
  type NewRecord,
  type RecordFilter,
  type RecordStore,
  type StoredRecord,
} from '../../ports/record-store.ts';
import { type IdbConnection, quiet } from './idb-connection.ts';
import type { HeddleSchema } from './idb-schema.ts';

type Row = HeddleSchema['records']['value'];

/** Records in IndexedDB, whole: it has no row limit. Shared by all tabs of the page. */
export class IdbRecordStore implements RecordStore {
  readonly #connection: IdbConnection;

  constructor(connection: IdbConnection) {
    this.#connection = connection;
  }

  get(scope: string, key: string): Promise<StoredRecord | undefined> {
    return this.#connection.read('read a record', 'records', async (store) => {
      const row = await store.get([scope, keyBytes(key)]);
      return row === undefined ? undefined : recordOf(row);
    });
  }

  put({ scope, key, bytes, expiresAtMs }: NewRecord, expectedVersion: number | null): Promise<boolean> {
    // What the caller does to the bytes while we wait is not stored.
    const stored = bytes.slice();
    return this.#connection.write('store a record', ['records'], 'relaxed', async (transaction, attempt) => {
      const id = keyBytes(key);
      const store = transaction.objectStore('records');
      const found = await store.get([scope, id]);
      const version = found?.version ?? null;
      const row = { scope, key, id, bytes: stored, version: (expectedVersion ?? 0) + 1 };
      // The answer to an earlier try was lost, not what it stored.
      if (attempt > 1 && version === row.version && compareBytes(found?.bytes ?? id, stored) === 0) return true;
      if (version !== expectedVersion) return false;
      quiet(store.put(expiresAtMs === undefined ? row : { ...row, expiresAtMs }));
      return true;
    });
  }

  count(scope: string, key: string, changes: Counts): Promise<Counts> {
    return this.#connection.write('count in a record', ['records'], 'relaxed', async (transaction) => {
      const id = keyBytes(key);
      const store = transaction.objectStore('records');
      const found = await store.get([scope, id]);
      const { counts, bytes } = addCounts(found?.bytes, changes);
      quiet(store.put({ scope, key, id, bytes: new Uint8Array(bytes), version: (found?.version ?? 0) + 1 }));
      return counts;
    });
  }

  delete(scope: string, key: string, expectedVersion?: number): Promise<boolean> {
    return this.#connection.write('delete a record', ['records'], 'relaxed', async (transaction) => {
      const id: [string, Uint8Array<ArrayBuffer>] = [scope, keyBytes(key)];
      const store = transaction.objectStore('records');
      const version = (await store.get(id))?.version;
      const fits = version !== undefined && (expectedVersion === undefined || version === expectedVersion);
      if (fits) quiet(store.delete(id));
      return fits;
    });
  }

  list(
    scope: string,
    { prefix = '', limit = listLimitDefault, after }: RecordFilter = {},
  ): Promise<readonly StoredRecord[]> {
    return this.#connection.read('list records', 'records', async (store) => {
      const from = keyBytes(prefix);
      const end = endOfPrefix(from);
      const mark = after === undefined ? undefined : keyBytes(after);
      const goesOn = mark !== undefined && compareBytes(mark, from) >= 0;
      // A range that is empty, and a count of 0, mean something else to IndexedDB.
      if (limit < 1 || (goesOn && end !== undefined && compareBytes(mark, end) >= 0)) return [];
      // An array is above all bytes: so the scope ends.
      const range = IDBKeyRange.bound([scope, goesOn ? mark : from], [scope, end ?? []], goesOn, true);
      return (await store.getAll(range, limit)).map(recordOf);
    });
  }

  sweep(nowMs: number): Promise<number> {
    return this.#connection.write('sweep records', ['records'], 'relaxed', async (transaction) => {
      const store = transaction.objectStore('records');
      const expired = await store.index('expiring').getAllKeys(IDBKeyRange.upperBound(nowMs));
      for (const id of expired) quiet(store.delete(id));
      return expired.length;
    });
  }
}

function recordOf({ id: _, ...record }: Row): StoredRecord {
  return record;
}
