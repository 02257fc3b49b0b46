import type { ExecutionSummary, ListFilter } from '../../ports/journal-store.ts';
import { numberOf, type SqlDatabase, textOf } from '../sql/sql-database.ts';
import { ExecutionIndex } from './execution-index.ts';

/** What an execution's object tells of itself. */
export interface Notice {
  /** The execution its object is named by. */
  readonly root: string;
  /** When it has to be heard of again at the latest; null: never, nothing in it waits for a time. */
  readonly dueAtMs: number | null;
  readonly executions: readonly ExecutionSummary[];
}

/** So many are woken in one sweep; the others are due in the next. */
const wokenMax = 200;
/** Who was woken and is still silent is woken again after so long. */
const againMs = 30_000;

/**
 * The executions of a tenant, and the times at which each of their objects has promised to be heard of. An object that
 * has slept through its time (an alarm that was lost, a process that died) is woken by the sweep.
 */
export class Catalogue {
  readonly index: ExecutionIndex;
  readonly #database: SqlDatabase;

  constructor(database: SqlDatabase) {
    this.#database = database;
    this.index = new ExecutionIndex(database);
    database.exec(
      'CREATE TABLE IF NOT EXISTS promises (root TEXT PRIMARY KEY, due_at_ms INTEGER NOT NULL) WITHOUT ROWID',
    );
    database.exec('CREATE INDEX IF NOT EXISTS promises_due ON promises (due_at_ms)');
  }

  note({ root, dueAtMs, executions }: Notice): void {
    this.#database.transaction(() => {
      this.index.note(executions);
      if (dueAtMs === null) this.#database.exec('DELETE FROM promises WHERE root = ?', root);
      else this.#database.exec('INSERT OR REPLACE INTO promises VALUES (?, ?)', root, dueAtMs);
    });
  }

  list(filter?: ListFilter): readonly ExecutionSummary[] {
    return this.index.list(filter);
  }

  /** Whose time is over, those first that are over longest; they are due again a little later. */
  overdue(nowMs: number): readonly string[] {
    return this.#database.transaction(() => {
      const rows = this.#database.exec(
        'SELECT root FROM promises WHERE due_at_ms <= ? ORDER BY due_at_ms LIMIT ?',
        nowMs,
        wokenMax,
      );
      const roots = rows.map((row) => textOf(row, 'root'));
      for (const root of roots)
        this.#database.exec('UPDATE promises SET due_at_ms = ? WHERE root = ?', nowMs + againMs, root);
      return roots;
    });
  }

  /** There is no such execution: its object died before it had begun. */
  forget(root: string): void {
    this.#database.transaction(() => {
      this.#database.exec('DELETE FROM promises WHERE root = ?', root);
      this.index.forget([root]);
    });
  }

  /** When somebody is overdue next. */
  soonestMs(): number | undefined {
    const [row] = this.#database.exec('SELECT MIN(due_at_ms) AS soonest FROM promises');
    return row === undefined || row.soonest === null ? undefined : numberOf(row, 'soonest');
  }
}
