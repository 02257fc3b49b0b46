import type { ExecutionSummary } from '../../ports/journal-store.ts';
import { summaryOf } from '../sql/rows.ts';
import type { SqlDatabase } from '../sql/sql-database.ts';

export const reportedAtOnce = 200;

/** Its table, to be made before anything else. */
export const reportsSchema: readonly string[] = [
  'CREATE TABLE IF NOT EXISTS reported (execution_id TEXT PRIMARY KEY, status TEXT NOT NULL) WITHOUT ROWID',
];

/** Which executions of an object have been told of, and with which status: what is not yet told is told again until it is. */
export class Reports {
  readonly #database: SqlDatabase;

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  /** At most `reportedAtOnce`. */
  pending(): readonly ExecutionSummary[] {
    return this.#database
      .exec(
        `SELECT executions.* FROM executions LEFT JOIN reported USING (execution_id)
         WHERE reported.status IS NOT executions.status LIMIT ?`,
        reportedAtOnce,
      )
      .map(summaryOf);
  }

  done(executions: readonly Pick<ExecutionSummary, 'executionId' | 'status'>[]): void {
    for (const { executionId, status } of executions)
      this.#database.exec('INSERT OR REPLACE INTO reported VALUES (?, ?)', executionId, status);
  }

  forget(executionId: string): void {
    this.#database.exec('DELETE FROM reported WHERE execution_id = ?', executionId);
  }
}
