import type { ExecutionSummary, ListFilter } from '../../ports/journal-store.ts';
import { summaryOf } from '../sql/rows.ts';
import type { SqlDatabase, SqlValue } from '../sql/sql-database.ts';

/** Executions by what is known of them outside their own object; each tells of itself. */
export class ExecutionIndex {
  readonly #database: SqlDatabase;

  constructor(database: SqlDatabase) {
    this.#database = database;
    database.exec(`CREATE TABLE IF NOT EXISTS listed (
      execution_id TEXT PRIMARY KEY, program_name TEXT NOT NULL, program_digest TEXT NOT NULL, status TEXT NOT NULL,
      created_at_ms INTEGER NOT NULL, updated_at_ms INTEGER NOT NULL
    ) WITHOUT ROWID`);
    database.exec('CREATE INDEX IF NOT EXISTS listed_newest ON listed (created_at_ms DESC, execution_id DESC)');
    database.exec('CREATE INDEX IF NOT EXISTS listed_status ON listed (status, created_at_ms DESC, execution_id DESC)');
  }

  /** What is older than what is known is passed over. */
  note(rows: readonly ExecutionSummary[]): void {
    for (const { executionId, programName, programDigest, status, createdAtMs, updatedAtMs } of rows) {
      this.#database.exec(
        `INSERT INTO listed VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (execution_id) DO UPDATE SET status = excluded.status,
           program_name = excluded.program_name, program_digest = excluded.program_digest,
           created_at_ms = excluded.created_at_ms, updated_at_ms = excluded.updated_at_ms
         WHERE excluded.updated_at_ms >= updated_at_ms`,
        ...[executionId, programName, programDigest, status, createdAtMs, updatedAtMs],
      );
    }
  }

  forget(executionIds: readonly string[]): void {
    for (const executionId of executionIds)
      this.#database.exec('DELETE FROM listed WHERE execution_id = ?', executionId);
  }

  /** As `JournalStore.list`: newest first. */
  list({ programName, status, limit = 100, before }: ListFilter = {}): readonly ExecutionSummary[] {
    const conditions: (readonly [string, ...SqlValue[]])[] = [];
    if (before !== undefined) {
      const mark = '(SELECT created_at_ms, execution_id FROM listed WHERE execution_id = ?)';
      const [known] = this.#database.exec('SELECT 1 FROM listed WHERE execution_id = ?', before);
      if (known !== undefined) conditions.push([`(created_at_ms, execution_id) < ${mark}`, before]);
    }
    if (programName !== undefined) conditions.push(['program_name = ?', programName]);
    if (status !== undefined) conditions.push([`status IN (${status.map(() => '?').join(', ')})`, ...status]);
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.map(([condition]) => condition).join(' AND ')}`;
    return this.#database
      .exec(
        `SELECT * FROM listed ${where} ORDER BY created_at_ms DESC, execution_id DESC LIMIT ?`,
        ...conditions.flatMap(([, ...parameters]) => parameters),
        limit,
      )
      .map(summaryOf);
  }
}
