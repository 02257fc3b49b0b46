import type { RecordStore } from '../ports/record-store.ts';
import { decode, encode } from '../program/canonical.ts';
import { asValue } from './estimate-bytes.ts';

const pageSize = 500;

/** Records of one scope that hold JSON-safe data. @throws STORAGE_FAILED, BAD_INPUT for keys that are not well-formed text */
export class JsonRecords<T> {
  readonly #records: RecordStore;
  readonly #scope: string;

  constructor(records: RecordStore, scope: string) {
    this.#records = records;
    this.#scope = scope;
  }

  async get(key: string): Promise<T | undefined> {
    const stored = await this.#records.get(this.#scope, key);
    return stored === undefined ? undefined : (decode(stored.bytes) as unknown as T);
  }

  /** @returns false when there is one of that key already; it stays as it is */
  async add(key: string, data: T): Promise<boolean> {
    return this.#records.put({ scope: this.#scope, key, bytes: encode(asValue(data)) }, null);
  }

  /** Compare and set: whoever was too late decides again on what is there then. @returns what was stored */
  async change(key: string, decide: (data: T | undefined) => T): Promise<T> {
    for (;;) {
      const stored = await this.#records.get(this.#scope, key);
      const data = decide(stored === undefined ? undefined : (decode(stored.bytes) as unknown as T));
      const record = { scope: this.#scope, key, bytes: encode(asValue(data)) };
      if (await this.#records.put(record, stored?.version ?? null)) return data;
    }
  }

  /** @returns whether there was something to erase */
  async delete(key: string): Promise<boolean> {
    return this.#records.delete(this.#scope, key);
  }

  /** By rising key, the first `limit` of them. */
  async list(prefix: string, limit = Number.POSITIVE_INFINITY): Promise<readonly { key: string; data: T }[]> {
    const found: { key: string; data: T }[] = [];
    for (let after: string | undefined; found.length < limit; after = found.at(-1)?.key) {
      const size = Math.min(pageSize, limit - found.length);
      const filter = { prefix, limit: size, ...(after !== undefined && { after }) };
      const page = await this.#records.list(this.#scope, filter);
      for (const { key, bytes } of page) found.push({ key, data: decode(bytes) as unknown as T });
      if (page.length < size) break;
    }
    return found;
  }
}

/** A program's name as the first part of a key: without a slash, so that no name is the beginning of another's keys. */
export function programKey(programName: string): string {
  return programName.replaceAll('%', '%25').replaceAll('/', '%2F');
}
