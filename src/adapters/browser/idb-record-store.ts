import { compareBytes, endOfPrefix, keyBytes } from '../../ports/record-key.ts';
import {
  listLimitDefault,
  type NewRecord,
  type RecordFilter,
  type RecordStore,
  type StoredRecord,
} from '../../ports/record-store.ts';
import type { HeddleSchema, IdbConnection } from './idb-connection.ts';

type Row = HeddleSchema['records']['value'];

/** Records in IndexedDB, whole: it has no row limit. Shared by all tabs of the page. */
export class IdbRecordStore implements RecordStore {
  readonly #connection: IdbConnection;

  constructor(connection: IdbConnection) {
    this.#connection = connection;
  }

  get(scope: string, key: string): Promise<StoredRecord | undefined> {
    return this.#connection.use('read a record', async (database) => {
      const row = await database.get('records', [scope, keyBytes(key)]);
      return row === undefined ? undefined : recordOf(row);
    });
  }

  put({ scope, key, bytes, expiresAtMs }: NewRecord, expectedVersion: number | null): Promise<boolean> {
    // What the caller does to the bytes while we wait is not stored.
    const stored = bytes.slice();
    return this.#connection.use('store a record', async (database) => {
      const id = keyBytes(key);
      const transaction = database.transaction('records', 'readwrite', { durability: 'relaxed' });
      const version = (await transaction.store.get([scope, id]))?.version ?? null;
      const fits = version === expectedVersion;
      const row = { scope, key, id, bytes: stored, version: (version ?? 0) + 1 };
      await Promise.all([
        fits && transaction.store.put(expiresAtMs === undefined ? row : { ...row, expiresAtMs }),
        transaction.done,
      ]);
      return fits;
    });
  }

  delete(scope: string, key: string, expectedVersion?: number): Promise<boolean> {
    return this.#connection.use('delete a record', async (database) => {
      const id: [string, Uint8Array<ArrayBuffer>] = [scope, keyBytes(key)];
      const transaction = database.transaction('records', 'readwrite', { durability: 'relaxed' });
      const version = (await transaction.store.get(id))?.version;
      const fits = version !== undefined && (expectedVersion === undefined || version === expectedVersion);
      await Promise.all([fits && transaction.store.delete(id), transaction.done]);
      return fits;
    });
  }

  list(
    scope: string,
    { prefix = '', limit = listLimitDefault, after }: RecordFilter = {},
  ): Promise<readonly StoredRecord[]> {
    return this.#connection.use('list records', async (database) => {
      const from = keyBytes(prefix);
      const end = endOfPrefix(from);
      const mark = after === undefined ? undefined : keyBytes(after);
      const goesOn = mark !== undefined && compareBytes(mark, from) >= 0;
      // A range that is empty, and a count of 0, mean something else to IndexedDB.
      if (limit < 1 || (goesOn && end !== undefined && compareBytes(mark, end) >= 0)) return [];
      // An array is above all bytes: so the scope ends.
      const range = IDBKeyRange.bound([scope, goesOn ? mark : from], [scope, end ?? []], goesOn, true);
      return (await database.getAll('records', range, limit)).map(recordOf);
    });
  }

  sweep(nowMs: number): Promise<number> {
    return this.#connection.use('sweep records', async (database) => {
      const transaction = database.transaction('records', 'readwrite', { durability: 'relaxed' });
      const expired = await transaction.store.index('expiring').getAllKeys(IDBKeyRange.upperBound(nowMs));
      await Promise.all([...expired.map((id) => transaction.store.delete(id)), transaction.done]);
      return expired.length;
    });
  }
}

function recordOf({ id: _, ...record }: Row): StoredRecord {
  return record;
}
