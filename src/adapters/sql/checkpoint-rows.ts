import { HeddleError } from '../../errors.ts';
import type { StoredCheckpoint } from '../../ports/journal-store.ts';
import { chain } from './packed-commit.ts';
import { cut, joinParts } from './parts.ts';
import { checkpointOf } from './rows.ts';
import { bytesOf, type Hash, hashOf, numberOf, type SqlDatabase, textOf } from './sql-database.ts';

/** The table `checkpoints`: each in parts, under a digest of its numbers and its bytes. */
export class CheckpointRows {
  readonly #database: SqlDatabase;
  readonly #hash: Hash;

  constructor(database: SqlDatabase) {
    this.#database = database;
    this.#hash = hashOf(database);
  }

  insert(checkpoint: StoredCheckpoint): void {
    const { checkpointId, executionId, seq, createdAtMs } = checkpoint;
    const digest = this.#digestOf(checkpoint);
    const parts = cut(checkpoint.bytes);
    parts.forEach((part, index) => {
      const columns = [checkpointId, index, parts.length, executionId, seq, createdAtMs, digest, part] as const;
      this.#database.exec('INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?, ?, ?, ?, ?, ?)', ...columns);
    });
  }

  /** @throws CORRUPT when it is not what was stored */
  get(checkpointId: string): StoredCheckpoint | undefined {
    const rows = this.#database.exec('SELECT * FROM checkpoints WHERE checkpoint_id = ? ORDER BY part', checkpointId);
    const [first] = rows;
    if (first === undefined) return undefined;
    const bytes = joinParts(
      rows.map((row) => bytesOf(row, 'bytes')),
      numberOf(first, 'parts'),
    );
    if (bytes !== undefined) {
      const checkpoint = { ...checkpointOf(first), bytes };
      if (this.#digestOf(checkpoint) === textOf(first, 'digest')) return checkpoint;
    }
    throw new HeddleError({ code: 'CORRUPT', message: `checkpoint ${checkpointId} is not what was stored` });
  }

  latest(executionId: string): StoredCheckpoint | undefined {
    const [row] = this.#database.exec(
      'SELECT checkpoint_id FROM checkpoints WHERE execution_id = ? AND part = 0 ORDER BY seq DESC LIMIT 1',
      executionId,
    );
    return row === undefined ? undefined : this.get(textOf(row, 'checkpoint_id'));
  }

  list(executionId: string): readonly Omit<StoredCheckpoint, 'bytes'>[] {
    return this.#database
      .exec(
        `SELECT checkpoint_id, execution_id, seq, created_at_ms FROM checkpoints
         WHERE execution_id = ? AND part = 0 ORDER BY seq`,
        executionId,
      )
      .map(checkpointOf);
  }

  #digestOf({ checkpointId, executionId, seq, createdAtMs, bytes }: StoredCheckpoint): string {
    return chain(JSON.stringify([checkpointId, executionId, seq, createdAtMs]), bytes, this.#hash);
  }
}
