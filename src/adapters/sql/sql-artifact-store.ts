import { HeddleError } from '../../errors.ts';
import type { ArtifactStore } from '../../ports/artifact-store.ts';
import { guarded } from './guarded.ts';
import { cut, joinParts } from './parts.ts';
import { bytesOf, type Hash, hashOf, numberOf, type SqlDatabase, textOf } from './sql-database.ts';

/** Artifacts in the table `artifacts`, in parts of at most 1 MiB. */
export class SqlArtifactStore implements ArtifactStore {
  readonly #database: SqlDatabase;
  readonly #hash: Hash;

  /** @param database already migrated */
  constructor(database: SqlDatabase) {
    this.#database = database;
    this.#hash = hashOf(database);
  }

  put(executionId: string, digest: string, bytes: Uint8Array): void {
    guarded('store an artifact', () =>
      this.#database.transaction(() => {
        const parts = cut(bytes);
        parts.forEach((part, index) => {
          this.#database.exec(
            'INSERT OR IGNORE INTO artifacts VALUES (?, ?, ?, ?, ?)',
            executionId,
            digest,
            index,
            parts.length,
            part,
          );
        });
      }),
    );
  }

  get(executionId: string, digest: string): Uint8Array | undefined {
    return guarded('read an artifact', () => {
      const rows = this.#database.exec(
        'SELECT parts, bytes FROM artifacts WHERE execution_id = ? AND digest = ? ORDER BY part',
        executionId,
        digest,
      );
      const [first] = rows;
      if (first === undefined) return undefined;
      const bytes = joinParts(
        rows.map((row) => bytesOf(row, 'bytes')),
        numberOf(first, 'parts'),
      );
      if (bytes !== undefined && this.#hash(bytes) === digest) return bytes;
      throw new HeddleError({
        code: 'CORRUPT',
        message: `artifact ${digest} of execution ${executionId} is not what was stored`,
      });
    });
  }

  list(executionId: string): readonly string[] {
    return guarded('list artifacts', () =>
      this.#database
        .exec('SELECT DISTINCT digest FROM artifacts WHERE execution_id = ? ORDER BY digest', executionId)
        .map((row) => textOf(row, 'digest')),
    );
  }
}
