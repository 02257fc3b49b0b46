import { addCounts, type Counts } from '../../ports/counts.ts';
import { compareBytes, keyBytes } from '../../ports/record-key.ts';
import {
  listLimitDefault,
  type NewRecord,
  type RecordFilter,
  type RecordStore,
  type StoredRecord,
} from '../../ports/record-store.ts';

interface Kept {
  readonly keyBytes: Uint8Array;
  readonly record: StoredRecord;
}

/** Records in a map; gone with the process. */
export class MemoryRecordStore implements RecordStore {
  readonly #scopes = new Map<string, Map<string, Kept>>();

  get(scope: string, key: string): StoredRecord | undefined {
    const kept = this.#scopes.get(scope)?.get(key);
    return kept === undefined ? undefined : copy(kept.record);
  }

  put({ scope, key, bytes, expiresAtMs }: NewRecord, expectedVersion: number | null): boolean {
    const encoded = keyBytes(key);
    const records = this.#scopes.get(scope) ?? new Map<string, Kept>();
    const version = records.get(key)?.record.version ?? null;
    if (version !== expectedVersion) return false;
    const record = {
      scope,
      key,
      bytes: bytes.slice(),
      version: (version ?? 0) + 1,
      ...(expiresAtMs !== undefined && { expiresAtMs }),
    };
    records.set(key, { keyBytes: encoded, record });
    this.#scopes.set(scope, records);
    return true;
  }

  count(scope: string, key: string, changes: Counts): Counts {
    const stored = this.#scopes.get(scope)?.get(key)?.record;
    const { counts, bytes } = addCounts(stored?.bytes, changes);
    this.put({ scope, key, bytes }, stored?.version ?? null);
    return counts;
  }

  delete(scope: string, key: string, expectedVersion?: number): boolean {
    const records = this.#scopes.get(scope);
    const version = records?.get(key)?.record.version;
    if (records === undefined || version === undefined) return false;
    if (expectedVersion !== undefined && version !== expectedVersion) return false;
    records.delete(key);
    if (records.size === 0) this.#scopes.delete(scope);
    return true;
  }

  deleteFirst(scope: string, prefix: string, count: number): number {
    let erased = 0;
    for (const { key } of this.#first(scope, { prefix, limit: count })) if (this.delete(scope, key)) erased++;
    return erased;
  }

  list(scope: string, filter?: RecordFilter): readonly StoredRecord[] {
    return this.#first(scope, filter).map(copy);
  }

  #first(scope: string, { prefix = '', limit = listLimitDefault, after }: RecordFilter = {}): readonly StoredRecord[] {
    const mark = after === undefined ? undefined : keyBytes(after);
    return [...(this.#scopes.get(scope)?.values() ?? [])]
      .filter((kept) => kept.record.key.startsWith(prefix))
      .filter((kept) => mark === undefined || compareBytes(kept.keyBytes, mark) > 0)
      .sort((a, b) => compareBytes(a.keyBytes, b.keyBytes))
      .slice(0, limit)
      .map((kept) => kept.record);
  }

  sweep(nowMs: number): number {
    let swept = 0;
    for (const records of this.#scopes.values()) {
      for (const { record } of records.values()) {
        if (record.expiresAtMs === undefined || record.expiresAtMs > nowMs) continue;
        if (this.delete(record.scope, record.key)) swept++;
      }
    }
    return swept;
  }
}

/** Neither the caller nor the store may change the other's bytes. */
function copy(record: StoredRecord): StoredRecord {
  return { ...record, bytes: record.bytes.slice() };
}
