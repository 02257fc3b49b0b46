import { numberOf, runScript, type SqlDatabase } from './sql-database.ts';

/**
 * The schema, step by step; a step that has been released is never changed. A table of our own keeps count, because
 * Durable Objects have no PRAGMA user_version.
 */
const steps: readonly (readonly string[])[] = [
  [
    `CREATE TABLE executions (
      execution_id TEXT PRIMARY KEY,
      program_name TEXT NOT NULL,
      program_digest TEXT NOT NULL,
      program_json TEXT NOT NULL,
      status TEXT NOT NULL,
      epoch INTEGER NOT NULL,
      last_seq INTEGER NOT NULL,
      last_digest TEXT NOT NULL,
      created_at_ms INTEGER NOT NULL,
      updated_at_ms INTEGER NOT NULL
    ) WITHOUT ROWID`,
    'CREATE INDEX executions_newest ON executions (created_at_ms DESC, execution_id DESC)',
    // One row per commit, cut into parts below the row limit; digest covers the commit before, the numbers and the bytes.
    `CREATE TABLE commits (
      execution_id TEXT NOT NULL,
      first_seq INTEGER NOT NULL,
      part INTEGER NOT NULL,
      parts INTEGER NOT NULL,
      last_seq INTEGER NOT NULL,
      digest TEXT NOT NULL,
      bytes BLOB NOT NULL,
      PRIMARY KEY (execution_id, first_seq, part)
    ) WITHOUT ROWID`,
    `CREATE TABLE checkpoints (
      checkpoint_id TEXT NOT NULL,
      part INTEGER NOT NULL,
      parts INTEGER NOT NULL,
      execution_id TEXT NOT NULL,
      seq INTEGER NOT NULL,
      created_at_ms INTEGER NOT NULL,
      digest TEXT NOT NULL,
      bytes BLOB NOT NULL,
      PRIMARY KEY (checkpoint_id, part)
    ) WITHOUT ROWID`,
    'CREATE INDEX checkpoints_of_execution ON checkpoints (execution_id, seq)',
    `CREATE TABLE artifacts (
      execution_id TEXT NOT NULL,
      digest TEXT NOT NULL,
      part INTEGER NOT NULL,
      parts INTEGER NOT NULL,
      bytes BLOB NOT NULL,
      PRIMARY KEY (execution_id, digest, part)
    ) WITHOUT ROWID`,
  ],
  [
    // Keys as UTF-8 bytes, so that they have one order in every home; CAST(key AS TEXT) shows them.
    `CREATE TABLE records (
      scope TEXT NOT NULL,
      key BLOB NOT NULL,
      part INTEGER NOT NULL,
      parts INTEGER NOT NULL,
      version INTEGER NOT NULL,
      expires_at_ms INTEGER,
      digest TEXT NOT NULL,
      bytes BLOB NOT NULL,
      PRIMARY KEY (scope, key, part)
    ) WITHOUT ROWID`,
    'CREATE INDEX records_expiring ON records (expires_at_ms) WHERE expires_at_ms IS NOT NULL',
  ],
  [
    // The program no longer lies in the row that every commit rewrites; `program_json` is '' from here on.
    `CREATE TABLE programs (
      execution_id TEXT NOT NULL,
      part INTEGER NOT NULL,
      parts INTEGER NOT NULL,
      digest TEXT NOT NULL,
      bytes BLOB NOT NULL,
      PRIMARY KEY (execution_id, part)
    ) WITHOUT ROWID`,
    "ALTER TABLE executions ADD COLUMN seal TEXT NOT NULL DEFAULT ''",
  ],
];

const counter = 'CREATE TABLE IF NOT EXISTS migrations (step INTEGER PRIMARY KEY)';

/**
 * The newest schema for a database that has nothing yet, as {@link migrate} would make it, in one piece.
 * @param more tables beside it
 */
export function newSchema(more: readonly string[] = []): readonly string[] {
  const numbers = steps.map((_, index) => `(${index + 1})`).join();
  return [counter, ...steps.flat(), `INSERT INTO migrations (step) VALUES ${numbers}`, ...more];
}

/** Brings a database to the newest schema; does nothing to one that has it. */
export function migrate(database: SqlDatabase): void {
  database.transaction(() => {
    database.exec(counter);
    const [row] = database.exec('SELECT COALESCE(MAX(step), 0) AS done FROM migrations');
    const done = row === undefined ? 0 : numberOf(row, 'done');
    const statements = steps
      .slice(done)
      .flatMap((step, index) => [...step, `INSERT INTO migrations (step) VALUES (${done + index + 1})`]);
    if (statements.length > 0) runScript(database, statements);
  });
}
