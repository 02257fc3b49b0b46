import type { Counts } from '../../ports/counts.ts';
import { compareBytes } from '../../ports/record-key.ts';
import type { RecordStore, StoredRecord } from '../../ports/record-store.ts';
import { decode, Encoder } from '../../program/canonical.ts';
import { asValue } from './estimate-bytes.ts';

const pageSize = 500;
const rememberedMax = 32;
const marksMax = 1000;

/** Records of one scope that hold JSON-safe data. @throws STORAGE_FAILED, BAD_INPUT for keys that are not well-formed text */
export class JsonRecords<T> {
  readonly #records: RecordStore;
  readonly #scope: string;
  /** Records of a scope are alike. */
  readonly #encoder = new Encoder();
  /** By prefix: the earliest of the records that were last when they were asked for. Nothing before it is ever among them again. */
  readonly #lastFrom = new Map<string, string>();
  readonly #remembered: Map<string, { readonly bytes: Uint8Array; readonly data: T }> | undefined;

  /** @param options.remembers for records that are read often and change seldom: the same bytes give the same object again */
  constructor(records: RecordStore, scope: string, { remembers = false } = {}) {
    this.#records = records;
    this.#scope = scope;
    this.#remembered = remembers ? new Map() : undefined;
  }

  async get(key: string): Promise<T | undefined> {
    const stored = await this.#records.get(this.#scope, key);
    return stored === undefined ? undefined : this.#read(stored);
  }

  /** Without reading what it holds. */
  async has(key: string): Promise<boolean> {
    return (await this.#records.get(this.#scope, key)) !== undefined;
  }

  /** @returns false when there is one of that key already; it stays as it is */
  async add(key: string, data: T): Promise<boolean> {
    return this.#records.put({ scope: this.#scope, key, bytes: this.#encoder.encode(asValue(data)) }, null);
  }

  /**
   * Adds a record and counts it, in one step where the store has one.
   * @returns the counts then; undefined when there is one of that key already: it stays as it is, and is not counted
   */
  async addCounted<C>(key: string, data: T, counts: JsonRecords<C>, countsKey: string, changes: C & Counts) {
    const record = { scope: this.#scope, key, bytes: this.#encoder.encode(asValue(data)) };
    const store = this.#records;
    if (store.putCounted !== undefined)
      return (await store.putCounted(record, { scope: counts.#scope, key: countsKey, changes })) as C | undefined;
    return (await store.put(record, null)) ? counts.count(countsKey, changes) : undefined;
  }

  /** Compare and set: whoever was too late decides again on what is there then. @returns what was stored */
  async change(key: string, decide: (data: T | undefined) => T): Promise<T> {
    for (;;) {
      const stored = await this.#records.get(this.#scope, key);
      const data = decide(stored === undefined ? undefined : (decode(stored.bytes) as unknown as T));
      const record = { scope: this.#scope, key, bytes: this.#encoder.encode(asValue(data)) };
      if (await this.#records.put(record, stored?.version ?? null)) return data;
    }
  }

  /** Adds to counts, without asking what they are. @returns what they are then */
  async count(key: string, changes: T & Counts): Promise<T> {
    return (await this.#records.count(this.#scope, key, changes)) as T;
  }

  /** @returns whether there was something to erase */
  async delete(key: string): Promise<boolean> {
    return this.#records.delete(this.#scope, key);
  }

  /** Erases the first of them by rising key. @returns how many that were */
  async deleteFirst(prefix: string, count: number): Promise<number> {
    if (this.#records.deleteFirst !== undefined) return this.#records.deleteFirst(this.#scope, prefix, count);
    let erased = 0;
    for (const key of await this.keys(prefix, count)) if (await this.delete(key)) erased++;
    return erased;
  }

  /** By rising key, the first `limit` of them. */
  async list(prefix: string, limit = Number.POSITIVE_INFINITY): Promise<readonly { key: string; data: T }[]> {
    const found: { key: string; data: T }[] = [];
    for await (const page of this.#pages(prefix, limit))
      for (const record of page) found.push({ key: record.key, data: this.#read(record) });
    return found;
  }

  /** As {@link list}, without reading what they hold. */
  async keys(prefix: string, limit = Number.POSITIVE_INFINITY): Promise<readonly string[]> {
    const found: string[] = [];
    for await (const page of this.#pages(prefix, limit)) for (const { key } of page) found.push(key);
    return found;
  }

  /** By rising key, the last `count` of them. Only the first time are all there are gone through. */
  async latest(prefix: string, count: number): Promise<readonly T[]> {
    const from = this.#lastFrom.get(prefix);
    const since = from === undefined ? [] : await this.#last(prefix, count, from);
    // So many as are after the mark, or all there are.
    const last = since.length === count ? since : await this.#last(prefix, count);
    const [first] = last;
    this.#lastFrom.delete(prefix);
    if (last.length === count && first !== undefined) this.#lastFrom.set(prefix, first.key);
    for (const oldest of this.#lastFrom.keys()) if (this.#lastFrom.size > marksMax) this.#lastFrom.delete(oldest);
    return last.map((record) => this.#read(record));
  }

  async #last(prefix: string, count: number, from?: string): Promise<readonly StoredRecord[]> {
    let last: readonly StoredRecord[] = [];
    for await (const page of this.#pages(prefix, Number.POSITIVE_INFINITY, from))
      last = [...last, ...page].slice(-count);
    return last;
  }

  /** @param from only those after it */
  async *#pages(prefix: string, limit: number, from?: string): AsyncGenerator<readonly StoredRecord[], void, void> {
    let after = from;
    for (let left = limit; left > 0; ) {
      const size = Math.min(pageSize, left);
      const filter = { prefix, limit: size, ...(after !== undefined && { after }) };
      const page = await this.#records.list(this.#scope, filter);
      yield page;
      if (page.length < size) return;
      after = page.at(-1)?.key;
      left -= page.length;
    }
  }

  #read({ key, bytes }: Pick<StoredRecord, 'key' | 'bytes'>): T {
    const known = this.#remembered?.get(key);
    if (known !== undefined && compareBytes(known.bytes, bytes) === 0) return known.data;
    const data = decode(bytes) as unknown as T;
    this.#remembered?.delete(key);
    this.#remembered?.set(key, { bytes, data });
    for (const oldest of this.#remembered?.keys() ?? []) {
      if ((this.#remembered?.size ?? 0) <= rememberedMax) break;
      this.#remembered?.delete(oldest);
    }
    return data;
  }
}

/** A program's name as the first part of a key: without a slash, so that no name is the beginning of another's keys. */
export function programKey(programName: string): string {
  return programName.replaceAll('%', '%25').replaceAll('/', '%2F');
}
