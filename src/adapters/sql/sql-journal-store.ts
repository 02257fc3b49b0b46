import type { JournalEntry } from '../../engine/event.ts';
import { HeddleError } from '../../errors.ts';
import type {
  Commit,
  ExecutionHeader,
  ExecutionSummary,
  JournalStore,
  ListFilter,
  StoredCheckpoint,
} from '../../ports/journal-store.ts';
import { encode } from '../../program/canonical.ts';
import { sha256Hex } from '../../program/digest.ts';
import type { Program } from '../../program/program.ts';
import type { Value } from '../../program/value.ts';
import { guarded } from './guarded.ts';
import { chain, groupByCommit, unpack } from './packed-commit.ts';
import { cut, joinParts } from './parts.ts';
import { checkpointOf, summaryOf } from './rows.ts';
import { bytesOf, numberOf, type SqlDatabase, type SqlRow, type SqlValue, textOf } from './sql-database.ts';

export interface SqlJournalStoreOptions {
  /** See JournalStore; default 32 KiB. */
  readonly inlineBytesMax?: number;
}

/**
 * Journals in SQLite: one row per commit, its entries packed as canonical CBOR, each chained by its digest to the one
 * before. Synchronous, so that in a Durable Object all writes of a turn are one atomic commit.
 */
export class SqlJournalStore implements JournalStore {
  readonly inlineBytesMax: number;
  readonly #database: SqlDatabase;

  /** @param database already migrated */
  constructor(database: SqlDatabase, options: SqlJournalStoreOptions = {}) {
    this.#database = database;
    this.inlineBytesMax = options.inlineBytesMax ?? 32 * 1024;
  }

  create({ executionId, programName, programDigest, program, createdAtMs }: ExecutionHeader): void {
    this.#atomically('create an execution', () => {
      if (this.#row(executionId) !== undefined) {
        throw new HeddleError({
          code: 'ALREADY_EXISTS',
          message: `execution ${executionId} exists already`,
          hint: 'choose another id',
        });
      }
      this.#database.exec(
        'INSERT INTO executions VALUES (?, ?, ?, ?, ?, 0, 0, ?, ?, ?)',
        ...[executionId, programName, programDigest, JSON.stringify(program), 'PENDING', '', createdAtMs, createdAtMs],
      );
    });
  }

  header(executionId: string): ExecutionHeader | undefined {
    return guarded('read an execution', () => {
      const row = this.#row(executionId);
      if (row === undefined) return undefined;
      const { programName, programDigest, createdAtMs } = summaryOf(row);
      // As JSON text, because the order of nodes is part of the program.
      return {
        executionId,
        programName,
        programDigest,
        program: JSON.parse(textOf(row, 'program_json')) as Program,
        createdAtMs,
      };
    });
  }

  claim(executionId: string): number {
    return this.#atomically('claim an execution', () => {
      const epoch = numberOf(this.#existing(executionId), 'epoch') + 1;
      this.#database.exec('UPDATE executions SET epoch = ? WHERE execution_id = ?', epoch, executionId);
      return epoch;
    });
  }

  commit({ executionId, epoch, entries, status, atMs, checkpoint }: Commit): void {
    this.#atomically('commit', () => {
      const row = this.#existing(executionId);
      const current = numberOf(row, 'epoch');
      if (epoch < current) {
        throw new HeddleError({
          code: 'FENCED',
          message: `epoch ${epoch} of execution ${executionId} is over, the current one is ${current}`,
        });
      }
      const lastSeq = numberOf(row, 'last_seq');
      const digest = this.#append(executionId, lastSeq, textOf(row, 'last_digest'), entries);
      if (checkpoint !== undefined) this.#insertCheckpoint(checkpoint);
      this.#database.exec(
        'UPDATE executions SET status = ?, last_seq = ?, last_digest = ?, updated_at_ms = ? WHERE execution_id = ?',
        ...[status, lastSeq + entries.length, digest, atMs, executionId],
      );
    });
  }

  read(executionId: string, afterSeq: number, limit = Number.POSITIVE_INFINITY): readonly JournalEntry[] {
    return guarded('read a journal', () => {
      const rows = this.#database.exec(
        `SELECT first_seq, last_seq, parts, digest, bytes,
           LAG(digest) OVER (PARTITION BY part ORDER BY first_seq) AS previous
         FROM commits WHERE execution_id = ? AND last_seq >= ? ORDER BY first_seq, part`,
        executionId,
        afterSeq,
      );
      const commits = groupByCommit(rows);
      this.#checkEnd(executionId, afterSeq, commits.at(-1)?.[0]);
      const entries = commits.flatMap((commit) => unpack(executionId, commit));
      const wanted = entries.filter((entry) => entry.seq > afterSeq);
      if (wanted[0] !== undefined && wanted[0].seq !== afterSeq + 1) {
        throw new HeddleError({
          code: 'CORRUPT',
          message: `events ${afterSeq + 1} to ${wanted[0].seq - 1} of execution ${executionId} are missing`,
        });
      }
      return wanted.slice(0, limit);
    });
  }

  latestCheckpoint(executionId: string): StoredCheckpoint | undefined {
    return guarded('read a checkpoint', () => {
      const [row] = this.#database.exec(
        'SELECT checkpoint_id FROM checkpoints WHERE execution_id = ? AND part = 0 ORDER BY seq DESC LIMIT 1',
        executionId,
      );
      return row === undefined ? undefined : this.checkpoint(textOf(row, 'checkpoint_id'));
    });
  }

  checkpoint(checkpointId: string): StoredCheckpoint | undefined {
    return guarded('read a checkpoint', () => {
      const rows = this.#database.exec('SELECT * FROM checkpoints WHERE checkpoint_id = ? ORDER BY part', checkpointId);
      const [first] = rows;
      if (first === undefined) return undefined;
      const bytes = joinParts(
        rows.map((row) => bytesOf(row, 'bytes')),
        numberOf(first, 'parts'),
      );
      if (bytes !== undefined && sha256Hex(bytes) === textOf(first, 'digest')) return { ...checkpointOf(first), bytes };
      throw new HeddleError({ code: 'CORRUPT', message: `checkpoint ${checkpointId} is not what was stored` });
    });
  }

  checkpoints(executionId: string): readonly Omit<StoredCheckpoint, 'bytes'>[] {
    return guarded('list checkpoints', () =>
      this.#database
        .exec(
          'SELECT checkpoint_id, execution_id, seq, created_at_ms FROM checkpoints WHERE execution_id = ? AND part = 0 ORDER BY seq',
          executionId,
        )
        .map(checkpointOf),
    );
  }

  summary(executionId: string): ExecutionSummary | undefined {
    return guarded('read an execution', () => {
      const row = this.#row(executionId);
      return row === undefined ? undefined : summaryOf(row);
    });
  }

  list({ programName, status, limit = 100, before }: ListFilter = {}): readonly ExecutionSummary[] {
    return guarded('list executions', () => {
      const conditions: (readonly [string, ...SqlValue[]])[] = [];
      const mark = before === undefined ? undefined : this.#row(before);
      if (mark !== undefined) {
        conditions.push([
          '(created_at_ms, execution_id) < (?, ?)',
          numberOf(mark, 'created_at_ms'),
          textOf(mark, 'execution_id'),
        ]);
      }
      if (programName !== undefined) conditions.push(['program_name = ?', programName]);
      if (status !== undefined) conditions.push([`status IN (${status.map(() => '?').join(', ')})`, ...status]);
      const where = conditions.length === 0 ? '' : `WHERE ${conditions.map(([condition]) => condition).join(' AND ')}`;
      const rows = this.#database.exec(
        `SELECT * FROM executions ${where} ORDER BY created_at_ms DESC, execution_id DESC LIMIT ?`,
        ...conditions.flatMap(([, ...parameters]) => parameters),
        limit,
      );
      return rows.map(summaryOf);
    });
  }

  delete(executionId: string): void {
    this.#atomically('delete an execution', () => {
      for (const table of ['artifacts', 'checkpoints', 'commits', 'executions']) {
        this.#database.exec(`DELETE FROM ${table} WHERE execution_id = ?`, executionId);
      }
    });
  }

  #append(executionId: string, lastSeq: number, lastDigest: string, entries: readonly JournalEntry[]): string {
    const gap = entries.findIndex((entry, index) => entry.seq !== lastSeq + 1 + index);
    if (gap >= 0) {
      throw new HeddleError({
        code: 'CONFLICT',
        message: `event ${entries[gap]?.seq} cannot be stored as event ${lastSeq + 1 + gap} of execution ${executionId}`,
      });
    }
    if (entries.length === 0) return lastDigest;
    const bytes = encode(entries as unknown as Value);
    const digest = chain(lastDigest, bytes);
    const parts = cut(bytes);
    parts.forEach((part, index) => {
      const numbers = [lastSeq + 1, index, parts.length, lastSeq + entries.length] as const;
      this.#database.exec('INSERT INTO commits VALUES (?, ?, ?, ?, ?, ?, ?)', executionId, ...numbers, digest, part);
    });
    return digest;
  }

  /** The execution's own row says where its journal ends: a journal that lost its last commits is noticed. */
  #checkEnd(executionId: string, afterSeq: number, last: SqlRow | undefined): void {
    const row = this.#row(executionId);
    if (row === undefined || numberOf(row, 'last_seq') < Math.max(afterSeq, 1)) return;
    if (last !== undefined && textOf(last, 'digest') === textOf(row, 'last_digest')) return;
    throw new HeddleError({
      code: 'CORRUPT',
      message: `the journal of execution ${executionId} does not end where it did`,
    });
  }

  #insertCheckpoint({ checkpointId, executionId, seq, createdAtMs, bytes }: StoredCheckpoint): void {
    const digest = sha256Hex(bytes);
    const parts = cut(bytes);
    parts.forEach((part, index) => {
      const columns = [checkpointId, index, parts.length, executionId, seq, createdAtMs, digest, part] as const;
      this.#database.exec('INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?, ?, ?, ?, ?, ?)', ...columns);
    });
  }

  #row(executionId: string): SqlRow | undefined {
    return this.#database.exec('SELECT * FROM executions WHERE execution_id = ?', executionId)[0];
  }

  #existing(executionId: string): SqlRow {
    const row = this.#row(executionId);
    if (row === undefined)
      throw new HeddleError({ code: 'NOT_FOUND', message: `no execution ${executionId} is stored` });
    return row;
  }

  #atomically<T>(what: string, work: () => T): T {
    return guarded(what, () => this.#database.transaction(work));
  }
}
