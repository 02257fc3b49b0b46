import type { Counts } from '../../ports/counts.ts';
import type { MaybePromise } from '../../ports/maybe-promise.ts';
import type { NewRecord, RecordFilter, RecordStore, StoredRecord } from '../../ports/record-store.ts';

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
