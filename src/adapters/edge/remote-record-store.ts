import type { Counts } from '../../ports/counts.ts';
import { keyBytes } from '../../ports/record-key.ts';
import {
  type CountIn,
  listLimitDefault,
  type NewRecord,
  type RecordFilter,
  type RecordStore,
  type StoredRecord,
} from '../../ports/record-store.ts';
import { ask } from './answer.ts';
import type { CountedRecord } from './program-post.ts';
import type { RecordsService } from './records-service.ts';

/** Records kept by another object. */
export class RemoteRecordStore implements RecordStore {
  readonly #service: () => RecordsService;
  readonly #putCounted: ((counted: CountedRecord) => Promise<Counts | undefined>) | undefined;

  /**
   * @param service a new stub each time: one that has failed stays broken
   * @param putCounted where a record that is counted goes with something else
   */
  constructor(service: () => RecordsService, putCounted?: (counted: CountedRecord) => Promise<Counts | undefined>) {
    this.#service = service;
    this.#putCounted = putCounted;
  }

  get(scope: string, key: string): Promise<StoredRecord | undefined> {
    keyBytes(key);
    return ask('a record could not be read', () => this.#service().getRecord(scope, key));
  }

  /** Asked twice after a lost answer, it says false: whoever reads again finds what it has put. */
  put(record: NewRecord, expectedVersion: number | null): Promise<boolean> {
    keyBytes(record.key);
    return ask('a record could not be stored', () => this.#service().putRecord(record, expectedVersion));
  }

  count(scope: string, key: string, changes: Counts): Promise<Counts> {
    keyBytes(key);
    return ask('a record could not be counted in', () => this.#service().countRecord(scope, key, changes));
  }

  putCounted(record: NewRecord, counts: CountIn): Promise<Counts | undefined> {
    keyBytes(record.key);
    keyBytes(counts.key);
    if (this.#putCounted !== undefined) return this.#putCounted({ record, counts });
    return ask('a record could not be stored and counted', () => this.#service().putCountedRecord(record, counts));
  }

  delete(scope: string, key: string, expectedVersion?: number): Promise<boolean> {
    keyBytes(key);
    return ask('a record could not be deleted', () => this.#service().deleteRecord(scope, key, expectedVersion));
  }

  async list(scope: string, filter: RecordFilter = {}): Promise<readonly StoredRecord[]> {
    const limit = filter.limit ?? listLimitDefault;
    const found: StoredRecord[] = [];
    for (let more = true; more && found.length < limit; ) {
      const after = found.at(-1)?.key ?? filter.after;
      const wanted = { ...filter, limit: limit - found.length, ...(after !== undefined && { after }) };
      const page = await ask('records could not be listed', () => this.#service().listRecords(scope, wanted));
      found.push(...page.records);
      more = page.more;
    }
    return found;
  }

  /** The object that keeps them sweeps them itself. */
  async sweep(): Promise<number> {
    return 0;
  }
}
