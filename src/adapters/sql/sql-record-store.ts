import { HeddleError } from '../../errors.ts';
import { addCounts, type Counts } from '../../ports/counts.ts';
import { endOfPrefix, keyBytes } from '../../ports/record-key.ts';
import {
  type CountIn,
  listLimitDefault,
  type NewRecord,
  type RecordFilter,
  type RecordStore,
  type StoredRecord,
} from '../../ports/record-store.ts';
import { guarded } from './guarded.ts';
import { cut, joinParts } from './parts.ts';
import { bytesOf, type Hash, hashOf, numberOf, run, type SqlDatabase, type SqlRow, textOf } from './sql-database.ts';

/** Records in the table `records`, in parts of at most 1 MiB, each part with all the columns of its record. */
export class SqlRecordStore implements RecordStore {
  readonly #database: SqlDatabase;
  readonly #hash: Hash;

  /** @param database already migrated */
  constructor(database: SqlDatabase) {
    this.#database = database;
    this.#hash = hashOf(database);
  }

  get(scope: string, key: string): StoredRecord | undefined {
    return guarded('read a record', () => this.#find(scope, keyBytes(key)));
  }

  put(record: NewRecord, expectedVersion: number | null): boolean {
    const id = keyBytes(record.key);
    return this.#atomically('store a record', () => {
      const version = this.#version(record.scope, id);
      if (version === expectedVersion) this.#replace(id, record, version);
      return version === expectedVersion;
    });
  }

  count(scope: string, key: string, changes: Counts): Counts {
    const id = keyBytes(key);
    return this.#atomically('count in a record', () => this.#count(id, { scope, key, changes }));
  }

  putCounted(record: NewRecord, counts: CountIn): Counts | undefined {
    const [id, countsId] = [keyBytes(record.key), keyBytes(counts.key)];
    return this.#atomically('store and count a record', () =>
      this.#replace(id, record, null) ? this.#count(countsId, counts) : undefined,
    );
  }

  delete(scope: string, key: string, expectedVersion?: number): boolean {
    const id = keyBytes(key);
    return this.#atomically('delete a record', () => {
      const version = this.#version(scope, id);
      if (version === null || (expectedVersion !== undefined && version !== expectedVersion)) return false;
      this.#erase(scope, id);
      return true;
    });
  }

  deleteFirst(scope: string, prefix: string, count: number): number {
    const from = keyBytes(prefix);
    const end = endOfPrefix(from);
    const erased = this.#atomically('delete records', () =>
      this.#database.exec(
        `DELETE FROM records WHERE scope = ? AND key IN (
           SELECT key FROM records WHERE scope = ? AND part = 0 AND key >= ? ${end === undefined ? '' : 'AND key < ?'}
           ORDER BY key LIMIT ?
         ) RETURNING part`,
        ...[scope, scope, from, ...(end === undefined ? [] : [end]), count],
      ),
    );
    return erased.filter((row) => numberOf(row, 'part') === 0).length;
  }

  list(scope: string, { prefix = '', limit = listLimitDefault, after }: RecordFilter = {}): readonly StoredRecord[] {
    const from = keyBytes(prefix);
    const end = endOfPrefix(from);
    const bounds = [from, ...(end === undefined ? [] : [end]), ...(after === undefined ? [] : [keyBytes(after)])];
    return guarded('list records', () => {
      const rows = this.#database.exec(
        // By a range, whose end is found first: joined with the keys of the page, every record of the scope would be read.
        `SELECT * FROM records WHERE scope = ? AND key >= ? ${after === undefined ? '' : 'AND key > ?'} AND key <= (
           SELECT MAX(key) FROM (
             SELECT key FROM records WHERE scope = ? AND part = 0 AND key >= ?
               ${end === undefined ? '' : 'AND key < ?'} ${after === undefined ? '' : 'AND key > ?'}
             ORDER BY key LIMIT ?
           )
         ) ORDER BY key, part`,
        ...[scope, from, ...(after === undefined ? [] : [keyBytes(after)]), scope, ...bounds, limit],
      );
      return grouped(rows).map((parts) => recordOf(parts, this.#hash));
    });
  }

  sweep(nowMs: number): number {
    const erased = this.#atomically('sweep records', () =>
      this.#database.exec('DELETE FROM records WHERE expires_at_ms <= ? RETURNING part', nowMs),
    );
    if (erased.length > 0) guarded('erase records', () => this.#database.erased?.());
    return erased.filter((row) => numberOf(row, 'part') === 0).length;
  }

  /** @throws CORRUPT */
  #find(scope: string, id: Uint8Array): StoredRecord | undefined {
    const rows = this.#database.exec('SELECT * FROM records WHERE scope = ? AND key = ? ORDER BY part', scope, id);
    return rows.length === 0 ? undefined : recordOf(rows, this.#hash);
  }

  #count(id: Uint8Array, { scope, key, changes }: CountIn): Counts {
    const stored = this.#find(scope, id);
    const { counts, bytes } = addCounts(stored?.bytes, changes);
    this.#replace(id, { scope, key, bytes }, stored?.version ?? null);
    return counts;
  }

  /** @returns false when there is to be none before, and there is one: it stays as it is */
  #replace(id: Uint8Array, { scope, bytes, expiresAtMs }: NewRecord, before: number | null): boolean {
    if (before !== null) this.#erase(scope, id);
    const digest = this.#hash(bytes);
    const parts = cut(bytes);
    return parts.every((part, index) => {
      const numbers = [index, parts.length, (before ?? 0) + 1, expiresAtMs ?? null] as const;
      const inserted = this.#database.exec(
        'INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING part',
        ...[scope, id, ...numbers, digest, part],
      );
      return inserted.length > 0;
    });
  }

  #version(scope: string, id: Uint8Array): number | null {
    const [row] = this.#database.exec('SELECT version FROM records WHERE scope = ? AND key = ? LIMIT 1', scope, id);
    return row === undefined ? null : numberOf(row, 'version');
  }

  #erase(scope: string, id: Uint8Array): void {
    run(this.#database, 'DELETE FROM records WHERE scope = ? AND key = ?', scope, id);
  }

  #atomically<T>(what: string, work: () => T): T {
    return guarded(what, () => this.#database.transaction(work));
  }
}

/** The rows of each record, which are its parts; part 0 begins one. */
function grouped(rows: readonly SqlRow[]): readonly (readonly SqlRow[])[] {
  const records: SqlRow[][] = [];
  for (const row of rows) {
    if (numberOf(row, 'part') === 0) records.push([row]);
    else records.at(-1)?.push(row);
  }
  return records;
}

/** @throws CORRUPT */
function recordOf(rows: readonly SqlRow[], hash: Hash): StoredRecord {
  const [first] = rows as readonly [SqlRow];
  const [scope, key] = [textOf(first, 'scope'), new TextDecoder().decode(bytesOf(first, 'key'))];
  const bytes = joinParts(
    rows.map((row) => bytesOf(row, 'bytes')),
    numberOf(first, 'parts'),
  );
  if (bytes === undefined || hash(bytes) !== textOf(first, 'digest')) {
    throw new HeddleError({ code: 'CORRUPT', message: `record ${key} of ${scope} is not what was stored` });
  }
  return {
    scope,
    key,
    bytes,
    version: numberOf(first, 'version'),
    ...(first.expires_at_ms !== null && { expiresAtMs: numberOf(first, 'expires_at_ms') }),
  };
}
