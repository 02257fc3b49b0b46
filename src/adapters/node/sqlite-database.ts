import { hash } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { HeddleError } from '../../errors.ts';
import type { SqlDatabase, SqlRow, SqlValue } from '../sql/sql-database.ts';

export interface SqliteOptions {
  /**
   * What a commit survives: `process` (the default) the death of the process at any moment, `power` a power failure too, at
   * the price of an fsync a commit. WAL with synchronous NORMAL or FULL (sqlite.org/pragma.html#pragma_synchronous).
   */
  readonly durability?: 'process' | 'power';
}

/**
 * Pages of 4 KiB in the log before they go into the file, with an fsync. Every commit rewrites the row of its execution, so of a longer
 * log most pages need never be written to the file. A process that finds the log of one that died reads 16 MiB at the most.
 */
const logPagesMax = 4000;

/** A SQLite file through node:sqlite. @throws UNSUPPORTED when this Node has no node:sqlite, STORAGE_FAILED when it cannot be opened */
export async function openSqlite(
  file: string,
  { durability = 'process' }: SqliteOptions = {},
): Promise<SqliteDatabase> {
  const { DatabaseSync: Database } = await loadSqlite();
  try {
    const database = new Database(file);
    database.exec('PRAGMA busy_timeout = 5000');
    database.exec('PRAGMA journal_mode = WAL');
    database.exec('PRAGMA secure_delete = ON');
    database.exec(`PRAGMA wal_autocheckpoint = ${logPagesMax}`);
    database.exec(`PRAGMA synchronous = ${durability === 'power' ? 'FULL' : 'NORMAL'}`);
    return new SqliteDatabase(database);
  } catch (thrown) {
    throw new HeddleError({
      code: 'STORAGE_FAILED',
      message: `the database ${file} cannot be opened: ${(thrown as Error).message}`,
    });
  }
}

async function loadSqlite(): Promise<typeof import('node:sqlite')> {
  try {
    return await import('node:sqlite');
  } catch {
    throw new HeddleError({
      code: 'UNSUPPORTED',
      message: `this Node (${process.version}) has no node:sqlite`,
      hint: 'use Node 22.13 or newer, or keep executions in memory',
    });
  }
}

export class SqliteDatabase implements SqlDatabase {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  exec(sql: string, ...parameters: readonly SqlValue[]): readonly SqlRow[] {
    return this.#prepared(sql).all(...parameters) as unknown as readonly SqlRow[];
  }

  run(sql: string, ...parameters: readonly SqlValue[]): number {
    return Number(this.#prepared(sql).run(...parameters).changes);
  }

  #prepared(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  sha256Hex(bytes: Uint8Array): string {
    return hash('sha256', bytes, 'hex');
  }

  sha256HexOfText(text: string): string {
    return hash('sha256', text, 'hex');
  }

  /** What is erased is overwritten in the file (secure_delete); here the log before it, which still had it, is emptied. */
  erased(): void {
    this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  transaction<T>(body: () => T): T {
    this.#prepared('BEGIN IMMEDIATE').run();
    try {
      const result = body();
      this.#prepared('COMMIT').run();
      return result;
    } catch (thrown) {
      this.#database.exec('ROLLBACK');
      throw thrown;
    }
  }

  close(): void {
    this.#database.close();
  }
}
