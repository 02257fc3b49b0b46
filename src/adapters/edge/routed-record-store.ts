import type { Counts } from '../../ports/counts.ts';
import type { MaybePromise } from '../../ports/maybe-promise.ts';
import type { CountIn, NewRecord, RecordFilter, RecordStore, StoredRecord } from '../../ports/record-store.ts';

/** Sends each record to the store that keeps its kind. */
export class RoutedRecordStore implements RecordStore {
  readonly #route: (scope: string, key: string) => RecordStore;

  /** @param route by scope, and by a key or the prefix of keys */
  constructor(route: (scope: string, key: string) => RecordStore) {
    this.#route = route;
  }

  get(scope: string, key: string): MaybePromise<StoredRecord | undefined> {
    return this.#route(scope, key).get(scope, key);
  }

  put(record: NewRecord, expectedVersion: number | null): MaybePromise<boolean> {
    return this.#route(record.scope, record.key).put(record, expectedVersion);
  }

  count(scope: string, key: string, changes: Counts): MaybePromise<Counts> {
    return this.#route(scope, key).count(scope, key, changes);
  }

  /** Both are of one kind. */
  async putCounted(record: NewRecord, counts: CountIn): Promise<Counts | undefined> {
    const store = this.#route(record.scope, record.key);
    if (store.putCounted !== undefined) return store.putCounted(record, counts);
    return (await store.put(record, null)) ? store.count(counts.scope, counts.key, counts.changes) : undefined;
  }

  delete(scope: string, key: string, expectedVersion?: number): MaybePromise<boolean> {
    return this.#route(scope, key).delete(scope, key, expectedVersion);
  }

  list(scope: string, filter: RecordFilter = {}): MaybePromise<readonly StoredRecord[]> {
    return this.#route(scope, filter.prefix ?? '').list(scope, filter);
  }

  /** Each object sweeps its own. */
  sweep(): number {
    return 0;
  }
}
