import type { Hash, SqlDatabase, SqlRow, SqlValue } from '../sql/sql-database.ts';
import { platformHash } from './platform-hash.ts';

/** What is needed of a Durable Object's storage; `ctx.storage` fits. */
export interface ObjectStorage {
  readonly sql: { exec(sql: string, ...parameters: unknown[]): { toArray(): unknown[] } };
  transactionSync<T>(body: () => T): T;
}

/** The SQLite of a Durable Object. */
export class DurableObjectDatabase implements SqlDatabase {
  readonly #storage: ObjectStorage;
  readonly sha256Hex: Hash;

  /** @param hash the platform's; to ask the platform for it takes longer than all else here */
  constructor(storage: ObjectStorage, hash: Hash = platformHash()) {
    this.#storage = storage;
    this.sha256Hex = hash;
  }

  exec(sql: string, ...parameters: readonly SqlValue[]): readonly SqlRow[] {
    return this.#storage.sql.exec(sql, ...parameters).toArray() as readonly SqlRow[];
  }

  script(statements: readonly string[]): void {
    this.#storage.sql.exec(statements.join(';\n'));
  }

  transaction<T>(body: () => T): T {
    return this.#storage.transactionSync(body);
  }
}
