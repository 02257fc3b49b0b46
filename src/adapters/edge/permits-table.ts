import { numberOf, type SqlDatabase } from '../sql/sql-database.ts';

/** A holder that is not heard of for so long has gone: its object died, and what it held is free again. */
export const permitMs = 60_000;

/** Who is inside which bulkhead, as rows that expire: an object that dies here forgets nobody, one that dies there holds nothing. */
export class PermitsTable {
  readonly #database: SqlDatabase;

  constructor(database: SqlDatabase) {
    this.#database = database;
    database.exec(`CREATE TABLE IF NOT EXISTS permits (
      key TEXT NOT NULL, holder TEXT NOT NULL, until_ms INTEGER NOT NULL, PRIMARY KEY (key, holder)
    ) WITHOUT ROWID`);
  }

  /** @returns false when `limit` others are inside; who is inside already stays */
  take(key: string, limit: number, holder: string, nowMs: number): boolean {
    return this.#database.transaction(() => {
      this.#database.exec('DELETE FROM permits WHERE key = ? AND until_ms <= ?', key, nowMs);
      const [row] = this.#database.exec(
        'SELECT COUNT(*) AS others FROM permits WHERE key = ? AND holder <> ?',
        key,
        holder,
      );
      if (row !== undefined && numberOf(row, 'others') >= limit) return false;
      this.#database.exec('INSERT OR REPLACE INTO permits VALUES (?, ?, ?)', key, holder, nowMs + permitMs);
      return true;
    });
  }

  renew(key: string, holder: string, nowMs: number): void {
    this.#database.exec('UPDATE permits SET until_ms = ? WHERE key = ? AND holder = ?', nowMs + permitMs, key, holder);
  }

  leave(key: string, holder: string): void {
    this.#database.exec('DELETE FROM permits WHERE key = ? AND holder = ?', key, holder);
  }

  /** When the first of those inside is given up; undefined when nobody is. */
  soonestMs(key: string): number | undefined {
    const [row] = this.#database.exec('SELECT MIN(until_ms) AS soonest FROM permits WHERE key = ?', key);
    return row === undefined || row.soonest === null ? undefined : numberOf(row, 'soonest');
  }
}
