import type { JournalEntry } from '../../engine/event.ts';
import { packEntries } from '../../engine/packed-entries.ts';
import { HeddleError } from '../../errors.ts';
import { Beginnings } from '../../ports/beginnings.ts';
import { commitRefusal } from '../../ports/journal-refusals.ts';
import type {
  Commit,
  ExecutionHeader,
  ExecutionSummary,
  JournalStore,
  ListFilter,
  StoredCheckpoint,
} from '../../ports/journal-store.ts';
import { Encoder } from '../../program/canonical.ts';
import type { Value } from '../../program/value.ts';
import { CheckpointRows } from './checkpoint-rows.ts';
import { ExecutionRows, type StoredPrograms } from './execution-rows.ts';
import { guarded } from './guarded.ts';
import { chain, groupByCommit, unpack } from './packed-commit.ts';
import { cut } from './parts.ts';
import { summaryOf } from './rows.ts';
import {
  type Hash,
  hashOf,
  numberOf,
  run,
  type SqlDatabase,
  type SqlRow,
  type SqlValue,
  textOf,
} from './sql-database.ts';

export interface SqlJournalStoreOptions {
  /** See JournalStore; default 32 KiB. */
  readonly inlineBytesMax?: number;
  /** What stores of several databases share; default: each its own. */
  readonly programs?: StoredPrograms;
}

/**
 * Journals in SQLite: one row per commit, its entries packed as canonical CBOR, each chained by its digest to the one
 * before. Synchronous, so that in a Durable Object all writes of a turn are one atomic commit.
 */
export class SqlJournalStore implements JournalStore {
  readonly inlineBytesMax: number;
  readonly #database: SqlDatabase;
  readonly #hash: Hash;
  readonly #encoder = new Encoder();
  readonly #executions: ExecutionRows;
  readonly #checkpoints: CheckpointRows;
  /** Those that are stored with their first commit. */
  readonly #beginnings = new Beginnings();

  /** @param database already migrated */
  constructor(database: SqlDatabase, options: SqlJournalStoreOptions = {}) {
    this.#database = database;
    this.#hash = hashOf(database);
    this.#executions = new ExecutionRows(database, options.programs ?? new WeakMap());
    this.#checkpoints = new CheckpointRows(database);
    this.inlineBytesMax = options.inlineBytesMax ?? 32 * 1024;
  }

  create(header: ExecutionHeader): void {
    this.#atomically('create an execution', () => this.#executions.insert(header, 0));
  }

  begin(header: ExecutionHeader): void {
    guarded('begin an execution', () => this.#executions.checkFree(header.executionId));
    this.#beginnings.add(header);
  }

  header(executionId: string): ExecutionHeader | undefined {
    return guarded('read an execution', () => this.#executions.header(executionId));
  }

  claim(executionId: string): number {
    return this.#atomically('claim an execution', () => {
      let epoch = 0;
      this.#executions.change(executionId, (row) => {
        epoch = numberOf(row, 'epoch') + 1;
        return { epoch };
      });
      return epoch;
    });
  }

  commit(commit: Commit): void {
    const { executionId, entries, status, atMs, checkpoint } = commit;
    const bytes = entries.length === 0 ? undefined : this.#encoder.encode(packEntries(entries) as unknown as Value);
    let lastSeq = 0;
    let digest = '';
    const beginning = this.#beginnings.take(executionId);
    this.#atomically('commit', () => {
      if (beginning !== undefined) this.#executions.insert(beginning, 1);
      this.#executions.change(executionId, (row) => {
        lastSeq = numberOf(row, 'last_seq');
        const refused = commitRefusal(commit, numberOf(row, 'epoch'), lastSeq);
        if (refused !== undefined) return refused;
        const before = textOf(row, 'last_digest');
        digest = bytes === undefined ? before : chain(before, bytes, this.#hash);
        return { status, lastSeq: lastSeq + entries.length, lastDigest: digest, updatedAtMs: atMs };
      });
      if (bytes !== undefined) this.#insert(executionId, lastSeq, entries.length, digest, bytes);
      if (checkpoint !== undefined) this.#checkpoints.insert(checkpoint);
    });
  }

  read(executionId: string, afterSeq: number, limit = Number.POSITIVE_INFINITY): readonly JournalEntry[] {
    return guarded('read a journal', () => {
      const rows = this.#database.exec(
        `SELECT first_seq, last_seq, parts, digest, bytes,
           LAG(digest) OVER (PARTITION BY part ORDER BY first_seq) AS previous
         FROM commits WHERE execution_id = ?1 AND first_seq <= ?3 AND first_seq >= COALESCE(
           (SELECT MAX(first_seq) FROM commits WHERE execution_id = ?1 AND first_seq <= ?2), 0)
         ORDER BY first_seq, part`,
        executionId,
        afterSeq,
        Math.min(afterSeq + limit, Number.MAX_SAFE_INTEGER),
      );
      const commits = groupByCommit(rows);
      const before = this.#digestBefore(executionId, commits[0]?.[0]);
      const entries = commits.flatMap((commit) => unpack(executionId, commit, before, this.#hash));
      const wanted = entries.filter((entry) => entry.seq > afterSeq);
      if (wanted.length < limit) this.#checkEnd(executionId, afterSeq, commits.at(-1)?.[0]);
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
    return guarded('read a checkpoint', () => this.#checkpoints.latest(executionId));
  }

  checkpoint(checkpointId: string): StoredCheckpoint | undefined {
    return guarded('read a checkpoint', () => this.#checkpoints.get(checkpointId));
  }

  checkpoints(executionId: string): readonly Omit<StoredCheckpoint, 'bytes'>[] {
    return guarded('list checkpoints', () => this.#checkpoints.list(executionId));
  }

  summary(executionId: string): ExecutionSummary | undefined {
    return guarded('read an execution', () => {
      const row = this.#executions.find(executionId);
      return row === undefined ? undefined : summaryOf(row);
    });
  }

  list({ programName, status, limit = 100, before }: ListFilter = {}): readonly ExecutionSummary[] {
    return guarded('list executions', () => {
      const conditions: (readonly [string, ...SqlValue[]])[] = [];
      const mark = before === undefined ? undefined : this.#executions.find(before);
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
        `SELECT execution_id, program_name, program_digest, status, created_at_ms, updated_at_ms FROM executions ${where} ORDER BY created_at_ms DESC, execution_id DESC LIMIT ?`,
        ...conditions.flatMap(([, ...parameters]) => parameters),
        limit,
      );
      return rows.map(summaryOf);
    });
  }

  delete(executionId: string): void {
    this.#executions.forget(executionId);
    this.#beginnings.take(executionId);
    this.#atomically('delete an execution', () => {
      for (const table of ['artifacts', 'checkpoints', 'commits', 'programs', 'executions']) {
        this.#database.exec(`DELETE FROM ${table} WHERE execution_id = ?`, executionId);
      }
    });
    guarded('erase an execution', () => this.#database.erased?.());
  }

  #insert(executionId: string, lastSeq: number, count: number, digest: string, bytes: Uint8Array): void {
    const parts = cut(bytes);
    for (let index = 0; index < parts.length; index++) {
      const numbers = [lastSeq + 1, index, parts.length, lastSeq + count] as const;
      const part = parts[index] as Uint8Array;
      run(this.#database, 'INSERT INTO commits VALUES (?, ?, ?, ?, ?, ?, ?)', executionId, ...numbers, digest, part);
    }
  }

  /** The execution's own row says where its journal ends: a journal that lost its last commits is noticed. */
  #checkEnd(executionId: string, afterSeq: number, last: SqlRow | undefined): void {
    const row = this.#executions.find(executionId);
    if (row === undefined) return;
    const lastSeq = numberOf(row, 'last_seq');
    const [beyond] = this.#database.exec(
      'SELECT first_seq FROM commits WHERE execution_id = ? AND first_seq > ? LIMIT 1',
      executionId,
      lastSeq,
    );
    // Nothing is stored, or the journal ends before what is asked for.
    if (beyond === undefined && last === undefined && lastSeq < Math.max(afterSeq, 1)) return;
    if (beyond === undefined && last !== undefined && textOf(last, 'digest') === textOf(row, 'last_digest')) return;
    throw new HeddleError({
      code: 'CORRUPT',
      message: `the journal of execution ${executionId} does not end where it did`,
    });
  }

  /** What the first of the commits that are read has to be chained to. */
  #digestBefore(executionId: string, first: SqlRow | undefined): string {
    if (first === undefined) return '';
    const [row] = this.#database.exec(
      'SELECT digest FROM commits WHERE execution_id = ? AND first_seq < ? ORDER BY first_seq DESC, part LIMIT 1',
      executionId,
      numberOf(first, 'first_seq'),
    );
    return row === undefined ? '' : textOf(row, 'digest');
  }

  #atomically<T>(what: string, work: () => T): T {
    return guarded(what, () => this.#database.transaction(work));
  }
}
