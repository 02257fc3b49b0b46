import { type Hash, hashOf, type SqlDatabase, type SqlRow, type SqlValue } from '../sql/sql-database.ts';

/**
 * A database that is made when it is first asked for anything: in the turn that begins to store something, so that a new
 * object has one commit less to wait for, and one that refuses has nothing to take back.
 */
export class DeferredDatabase implements SqlDatabase {
  readonly sha256Hex: Hash;
  readonly #inner: SqlDatabase;
  readonly #make: (database: SqlDatabase) => void;
  #isMade: boolean;

  /** @param isMade whether it was made in an earlier life */
  constructor(inner: SqlDatabase, isMade: boolean, make: (database: SqlDatabase) => void) {
    this.sha256Hex = hashOf(inner);
    this.#inner = inner;
    this.#make = make;
    this.#isMade = isMade;
  }

  get isMade(): boolean {
    return this.#isMade;
  }

  exec(sql: string, ...parameters: readonly SqlValue[]): readonly SqlRow[] {
    return this.#made.exec(sql, ...parameters);
  }

  transaction<T>(body: () => T): T {
    return this.#made.transaction(body);
  }

  get #made(): SqlDatabase {
    if (!this.#isMade) {
      this.#make(this.#inner);
      this.#isMade = true;
    }
    return this.#inner;
  }
}
