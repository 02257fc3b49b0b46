import type { Counts } from './counts.ts';
import type { MaybePromise } from './maybe-promise.ts';

/** A record as it is stored. */
export interface StoredRecord {
  readonly scope: string;
  readonly key: string;
  readonly bytes: Uint8Array;
  /** From 1, one more with every put. A record put anew after it was deleted begins at 1 again. */
  readonly version: number;
  readonly expiresAtMs?: number;
}

export type NewRecord = Omit<StoredRecord, 'version'>;

/** What is counted, and the record it is counted in. */
export interface CountIn {
  readonly scope: string;
  readonly key: string;
  readonly changes: Counts;
}

export interface RecordFilter {
  readonly prefix?: string;
  /** Default 100. */
  readonly limit?: number;
  /** Only records with a key above this one. */
  readonly after?: string;
}

/**
 * What executions share and what must outlive the process: breaker states, cached results, history, alert rules. Scopes
 * are apart from one another; keys rise by Unicode code points, and must be well-formed text (BAD_INPUT).
 *
 * The store knows no clock: a record that has expired is there until it is swept, and whoever reads it judges it.
 * Failures are HeddleErrors: BAD_INPUT, STORAGE_FAILED, CORRUPT. test/contract/record-store.contract.ts is the specification.
 */
export interface RecordStore {
  get(scope: string, key: string): MaybePromise<StoredRecord | undefined>;
  /**
   * Compare and set, atomically: stores the record if it still has the expected version, `null` meaning that there is none.
   * @returns false when another was faster; nothing is stored then. After true the version is `expectedVersion + 1`, or 1
   */
  put(record: NewRecord, expectedVersion: number | null): MaybePromise<boolean>;
  /**
   * Adds to the counts that a record holds (counts.ts), atomically, so that many who count at once need not wait for one
   * another; its version and expiry are as after a put. Should an answer be lost on the way, it may have been added twice.
   * @returns the counts after it
   */
  count(scope: string, key: string, changes: Counts): MaybePromise<Counts>;
  /**
   * Stores a record that there is none of yet, and counts it in another one of the same place, atomically; for stores to which
   * that is less work than the two. Asked again after a lost answer, it is counted once.
   * @returns the counts after it; undefined when there is such a record already, and nothing was counted
   */
  putCounted?(record: NewRecord, counts: CountIn): MaybePromise<Counts | undefined>;
  /**
   * Erases a record, whatever its version, or only if it has the expected one.
   * @returns whether there was something to erase
   */
  delete(scope: string, key: string, expectedVersion?: number): MaybePromise<boolean>;
  /**
   * Erases the first records, by rising key, of those whose keys begin with the prefix. A store that has no better way than to list
   * and erase them one by one leaves it out.
   * @returns how many that were
   */
  deleteFirst?(scope: string, prefix: string, count: number): MaybePromise<number>;
  /** Records of a scope by rising key. */
  list(scope: string, filter?: RecordFilter): MaybePromise<readonly StoredRecord[]>;
  /** Erases what expires at `nowMs` or before, in all scopes. @returns how many records that were */
  sweep(nowMs: number): MaybePromise<number>;
}

export const listLimitDefault = 100;
