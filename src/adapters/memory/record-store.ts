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
  record: StoredRecord;
}

/** Records of one scope: by key, and in the order of their keys. */
interface Scope {
  readonly byKey: Map<string, Kept>;
  readonly inOrder: Kept[];
}

/** Records in maps; gone with the process. */
export class MemoryRecordStore implements RecordStore {
  readonly #scopes = new Map<string, Scope>();

  get(scope: string, key: string): StoredRecord | undefined {
    const kept = this.#scopes.get(scope)?.byKey.get(key);
    return kept === undefined ? undefined : copy(kept.record);
  }

  put({ scope, key, bytes, expiresAtMs }: NewRecord, expectedVersion: number | null): boolean {
    const records = this.#scopes.get(scope) ?? { byKey: new Map<string, Kept>(), inOrder: [] };
    const kept = records.byKey.get(key);
    const encoded = kept?.keyBytes ?? keyBytes(key);
    const version = kept?.record.version ?? null;
    if (version !== expectedVersion) return false;
    const record = {
      scope,
      key,
      bytes: bytes.slice(),
      version: (version ?? 0) + 1,
      ...(expiresAtMs !== undefined && { expiresAtMs }),
    };
    if (kept === undefined) add(records, { keyBytes: encoded, record });
    else kept.record = record;
    this.#scopes.set(scope, records);
    return true;
  }

  count(scope: string, key: string, changes: Counts): Counts {
    const stored = this.#scopes.get(scope)?.byKey.get(key)?.record;
    const { counts, bytes } = addCounts(stored?.bytes, changes);
    this.put({ scope, key, bytes }, stored?.version ?? null);
    return counts;
  }

  delete(scope: string, key: string, expectedVersion?: number): boolean {
    const records = this.#scopes.get(scope);
    const kept = records?.byKey.get(key);
    if (records === undefined || kept === undefined) return false;
    if (expectedVersion !== undefined && kept.record.version !== expectedVersion) return false;
    records.byKey.delete(key);
    records.inOrder.splice(placeOf(records, kept.keyBytes), 1);
    if (records.byKey.size === 0) this.#scopes.delete(scope);
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
    const records = this.#scopes.get(scope);
    if (records === undefined) return [];
    const { inOrder } = records;
    const mark = after === undefined ? undefined : keyBytes(after);
    const first: StoredRecord[] = [];
    let at = placeOf(records, keyBytes(prefix));
    if (mark !== undefined) at = Math.max(at, placeOf(records, mark));
    for (; at < inOrder.length && first.length < limit; at++) {
      const { record } = inOrder[at] as Kept;
      if (!record.key.startsWith(prefix)) break;
      if (record.key !== after) first.push(record);
    }
    return first;
  }

  sweep(nowMs: number): number {
    let swept = 0;
    for (const { byKey } of this.#scopes.values()) {
      for (const { record } of byKey.values()) {
        if (record.expiresAtMs === undefined || record.expiresAtMs > nowMs) continue;
        if (this.delete(record.scope, record.key)) swept++;
      }
    }
    return swept;
  }
}

function add(records: Scope, kept: Kept): void {
  records.byKey.set(kept.record.key, kept);
  const { inOrder } = records;
  const last = inOrder.at(-1);
  // Keys that begin with a time come in their order.
  if (last === undefined || compareBytes(last.keyBytes, kept.keyBytes) < 0) inOrder.push(kept);
  else inOrder.splice(placeOf(records, kept.keyBytes), 0, kept);
}

/** Index of the first record whose key is not below that one. */
function placeOf({ inOrder }: Scope, key: Uint8Array): number {
  let [from, until] = [0, inOrder.length];
  while (from < until) {
    const middle = (from + until) >>> 1;
    if (compareBytes((inOrder[middle] as Kept).keyBytes, key) < 0) from = middle + 1;
    else until = middle;
  }
  return from;
}

/** Neither the caller nor the store may change the other's bytes. */
function copy(record: StoredRecord): StoredRecord {
  return { ...record, bytes: record.bytes.slice() };
}
