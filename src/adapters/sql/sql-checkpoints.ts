import { HeddleError } from '../../errors.ts';
import { foreignCheckpoint } from '../../ports/journal-rules.ts';
import type { StoredCheckpoint } from '../../ports/journal-store.ts';
import { sha256Hex } from '../../program/digest.ts';
import { cut, joined } from './parts.ts';
import { numberOf, type SqlDatabase, type SqlRow, textOf } from './sql-database.ts';

/** The table `checkpoints`; its digest covers what a checkpoint says of itself and its bytes. */
export class SqlCheckpoints {
  readonly #database: SqlDatabase;

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  /** Within the transaction of the commit. @throws CONFLICT when another execution has one of that id */
  put(checkpoint: StoredCheckpoint): void {
    const { checkpointId, executionId, seq, createdAtMs, bytes } = checkpoint;
    const [existing] = this.#database.exec('SELECT execution_id FROM checkpoints WHERE checkpoint_id = ? AND part = 0', checkpointId);
    if (existing !== undefined) {
      const ownerId = textOf(existing, 'execution_id');
      if (ownerId !== executionId) throw foreignCheckpoint(checkpointId, executionId, ownerId);
      this.#database.exec('DELETE FROM checkpoints WHERE checkpoint_id = ?', checkpointId);
    }
    const digest = checkpointDigest(checkpoint, bytes);
    const parts = cut(bytes);
    parts.forEach((part, index) => {
      const columns = [checkpointId, index, parts.length, executionId, seq, createdAtMs, digest, part] as const;
      this.#database.exec('INSERT INTO checkpoints VALUES (?, ?, ?, ?, ?, ?, ?, ?)', ...columns);
    });
  }

  /** @throws CORRUPT */
  get(checkpointId: string): StoredCheckpoint | undefined {
    const rows = this.#database.exec('SELECT * FROM checkpoints WHERE checkpoint_id = ? ORDER BY part', checkpointId);
    const [first] = rows;
    if (first === undefined) return undefined;
    const [checkpoint, bytes] = [describeCheckpoint(first), joined(rows)];
    if (bytes !== undefined && checkpointDigest(checkpoint, bytes) === textOf(first, 'digest')) return { ...checkpoint, bytes };
    throw new HeddleError({
      code: 'CORRUPT',
      message: `checkpoint ${checkpointId} of execution ${checkpoint.executionId} is not what was stored`,
    });
  }

  latest(executionId: string): StoredCheckpoint | undefined {
    const sql = 'SELECT checkpoint_id FROM checkpoints WHERE execution_id = ? AND part = 0 ORDER BY seq DESC LIMIT 1';
    const [row] = this.#database.exec(sql, executionId);
    return row === undefined ? undefined : this.get(textOf(row, 'checkpoint_id'));
  }

  list(executionId: string): readonly Omit<StoredCheckpoint, 'bytes'>[] {
    const columns = 'checkpoint_id, execution_id, seq, created_at_ms';
    return this.#database
      .exec(`SELECT ${columns} FROM checkpoints WHERE execution_id = ? AND part = 0 ORDER BY seq`, executionId)
      .map(describeCheckpoint);
  }
}

