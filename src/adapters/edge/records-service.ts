import type { Counts } from '../../ports/counts.ts';
import type { CountIn, NewRecord, RecordFilter, RecordStore, StoredRecord } from '../../ports/record-store.ts';
import type { SqlRecordStore } from '../sql/sql-record-store.ts';
import { type Answer, answer } from './answer.ts';

/** A page of records: `more` when it was cut by size. */
export interface RecordPage {
  readonly records: readonly StoredRecord[];
  readonly more: boolean;
}

/** What an object that keeps records answers to others; a stub of it fits. */
export interface RecordsService {
  getRecord(scope: string, key: string): Promise<Answer<StoredRecord | undefined>>;
  putRecord(record: NewRecord, expectedVersion: number | null): Promise<Answer<boolean>>;
  countRecord(scope: string, key: string, changes: Counts): Promise<Answer<Counts>>;
  putCountedRecord(record: NewRecord, counts: CountIn): Promise<Answer<Counts | undefined>>;
  deleteRecord(scope: string, key: string, expectedVersion?: number): Promise<Answer<boolean>>;
  listRecords(scope: string, filter: RecordFilter): Promise<Answer<RecordPage>>;
}

/** One message between objects may have 32 MiB. */
const pageBytesMax = 4 * 2 ** 20;
const chunk = 16;

/** Serves a store to other objects. */
export function recordsService(records: SqlRecordStore): RecordsService {
  return {
    getRecord: (scope, key) => answer(() => records.get(scope, key)),
    putRecord: (record, expectedVersion) => answer(() => records.put(record, expectedVersion)),
    countRecord: (scope, key, changes) => answer(() => records.count(scope, key, changes)),
    putCountedRecord: (record, counts) => answer(() => records.putCounted(record, counts)),
    deleteRecord: (scope, key, expectedVersion) => answer(() => records.delete(scope, key, expectedVersion)),
    listRecords: (scope, filter) => answer(() => page(records, scope, filter)),
  };
}

async function page(records: RecordStore, scope: string, filter: RecordFilter): Promise<RecordPage> {
  const found: StoredRecord[] = [];
  const limit = filter.limit ?? Number.POSITIVE_INFINITY;
  for (let bytes = 0; found.length < limit; ) {
    const after = found.at(-1)?.key ?? filter.after;
    const wanted = Math.min(chunk, limit - found.length);
    const some = await records.list(scope, { ...filter, limit: wanted, ...(after !== undefined && { after }) });
    found.push(...some);
    if (some.length < wanted) return { records: found, more: false };
    bytes += some.reduce((sum, record) => sum + record.bytes.byteLength, 0);
    if (bytes >= pageBytesMax) return { records: found, more: true };
  }
  return { records: found, more: false };
}
