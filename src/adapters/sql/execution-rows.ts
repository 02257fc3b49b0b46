import { HeddleError, isHeddleError } from '../../errors.ts';
import { alreadyExists, notStored } from '../../ports/journal-refusals.ts';
import type { ExecutionHeader } from '../../ports/journal-store.ts';
import { utf8 } from '../../program/digest.ts';
import type { Program } from '../../program/program.ts';
import { cut, joinParts } from './parts.ts';
import { summaryOf } from './rows.ts';
import {
  bytesOf,
  changes,
  type Hash,
  hashOf,
  numberOf,
  run,
  type SqlDatabase,
  type SqlRow,
  textHashOf,
  textOf,
} from './sql-database.ts';

/** What of an execution changes while it runs. */
export interface ExecutionChange {
  readonly status?: string;
  readonly epoch?: number;
  readonly lastSeq?: number;
  readonly lastDigest?: string;
  readonly updatedAtMs?: number;
}

/** Programs as they are stored: the same one is stored with every execution of it. */
export type StoredPrograms = WeakMap<Program, { readonly bytes: Uint8Array; readonly digest: string }>;

/** Rows that are remembered; of more executions at once, the others are read again. */
const writtenMax = 256;

/**
 * The tables `executions` and `programs`. A row of `executions` is rewritten by every commit, so it is small, and sealed by
 * a digest of its columns; the program, which may be large and never changes, lies in parts of its own.
 */
export class ExecutionRows {
  readonly #database: SqlDatabase;
  readonly #hash: Hash;
  readonly #hashText: (text: string) => string;
  /** As they were written last, by execution: as long as a row has the seal it had then, it need not be read. */
  readonly #written = new Map<string, SqlRow>();
  readonly #programs: StoredPrograms;

  constructor(database: SqlDatabase, programs: StoredPrograms) {
    this.#database = database;
    this.#hash = hashOf(database);
    this.#hashText = textHashOf(database);
    this.#programs = programs;
  }

  /** @throws ALREADY_EXISTS, CORRUPT as {@link find} does */
  checkFree(executionId: string): void {
    const taken = this.#database.exec(
      `SELECT 1 FROM executions WHERE execution_id = ?1
       UNION ALL SELECT 1 FROM commits WHERE execution_id = ?1 LIMIT 1`,
      executionId,
    );
    if (taken.length === 0) return;
    this.find(executionId);
    throw alreadyExists(executionId);
  }

  /** @throws ALREADY_EXISTS, CORRUPT */
  insert({ executionId, programName, programDigest, program, createdAtMs }: ExecutionHeader, epoch: number): void {
    const row = {
      execution_id: executionId,
      program_name: programName,
      program_digest: programDigest,
      status: 'PENDING',
      epoch,
      last_seq: 0,
      last_digest: '',
      created_at_ms: createdAtMs,
      updated_at_ms: createdAtMs,
    };
    const seal = this.#sealOf(row);
    const values = [...Object.values(row), '', seal];
    const columns = [...Object.keys(row), 'program_json', 'seal'].join();
    const inserted = this.#database.exec(
      `INSERT INTO executions (${columns}) SELECT ${values.map((_, index) => `?${index + 1}`).join()}
       WHERE NOT EXISTS (SELECT 1 FROM commits WHERE execution_id = ?1) ON CONFLICT DO NOTHING RETURNING epoch`,
      ...values,
    );
    if (inserted.length === 0) {
      this.checkFree(executionId);
      throw corrupt(executionId, 'could not be created');
    }
    this.#remember({ ...row, seal });
    const { bytes, digest } = this.#stored(program);
    const parts = cut(bytes);
    parts.forEach((part, index) => {
      const numbers = [index, parts.length] as const;
      run(this.#database, 'INSERT INTO programs VALUES (?, ?, ?, ?, ?)', executionId, ...numbers, digest, part);
    });
  }

  /** @throws CORRUPT when the row is not what was stored, or is missing while its journal is there */
  find(executionId: string): SqlRow | undefined {
    const [row] = this.#database.exec(
      `SELECT execution_id, program_name, program_digest, status, epoch, last_seq, last_digest, created_at_ms,
         updated_at_ms, seal FROM executions WHERE execution_id = ?`,
      executionId,
    );
    if (row !== undefined) {
      // Rows from before there were seals have none until their next commit.
      if (row.seal === '' || row.seal === this.#sealOf(row)) return row;
      throw corrupt(executionId, 'is not what was stored');
    }
    const [left] = this.#database.exec('SELECT first_seq FROM commits WHERE execution_id = ? LIMIT 1', executionId);
    if (left !== undefined) throw corrupt(executionId, 'is missing, but its journal is there');
    return undefined;
  }

  /** @throws NOT_FOUND, CORRUPT */
  existing(executionId: string): SqlRow {
    const row = this.find(executionId);
    if (row !== undefined) return row;
    throw notStored(executionId);
  }

  /**
   * Changes a row as `decide` says. It is asked of the row as it was written last, which need not be read; when that is no longer what
   * is stored, or it refuses, it is asked of what is.
   * @param decide may be asked twice; an error is what is thrown
   * @throws NOT_FOUND, CORRUPT
   */
  change(executionId: string, decide: (row: SqlRow) => ExecutionChange | HeddleError): void {
    const known = this.#written.get(executionId);
    const likely = known === undefined ? undefined : decide(known);
    if (known !== undefined && likely !== undefined && !isHeddleError(likely) && this.#update(known, likely)) return;
    const row = this.existing(executionId);
    const change = decide(row);
    if (isHeddleError(change)) throw change;
    if (!this.#update(row, change)) throw corrupt(executionId, 'is not what was read');
  }

  forget(executionId: string): void {
    this.#written.delete(executionId);
  }

  /** @returns false when the row that is stored is not this one */
  #update(row: SqlRow, change: ExecutionChange): boolean {
    const status = change.status ?? textOf(row, 'status');
    const epoch = change.epoch ?? numberOf(row, 'epoch');
    const last_seq = change.lastSeq ?? numberOf(row, 'last_seq');
    const last_digest = change.lastDigest ?? textOf(row, 'last_digest');
    const updated_at_ms = change.updatedAtMs ?? numberOf(row, 'updated_at_ms');
    const changed = { ...row, status, epoch, last_seq, last_digest, updated_at_ms };
    const seal = this.#sealOf(changed);
    const isThis = changes(
      this.#database,
      `UPDATE executions SET status = ?, epoch = ?, last_seq = ?, last_digest = ?, updated_at_ms = ?, seal = ?
       WHERE execution_id = ? AND seal = ?`,
      ...[status, epoch, last_seq, last_digest, updated_at_ms, seal, textOf(row, 'execution_id'), textOf(row, 'seal')],
    );
    if (isThis) this.#remember({ ...changed, seal });
    return isThis;
  }

  /** Should the transaction fail, what is stored has another seal, and the row is read again. */
  #remember(row: SqlRow): void {
    const executionId = textOf(row, 'execution_id');
    if (!this.#written.has(executionId) && this.#written.size >= writtenMax) {
      for (const oldest of this.#written.keys()) {
        this.#written.delete(oldest);
        break;
      }
    }
    this.#written.set(executionId, row);
  }

  /** @throws CORRUPT */
  header(executionId: string): ExecutionHeader | undefined {
    const row = this.find(executionId);
    if (row === undefined) return undefined;
    const { programName, programDigest, createdAtMs } = summaryOf(row);
    return { executionId, programName, programDigest, program: this.#program(executionId), createdAtMs };
  }

  #sealOf(row: SqlRow): string {
    return this.#hashText(sealedText(row));
  }

  /** As JSON text, because the order of nodes is part of the program. */
  #stored(program: Program): { readonly bytes: Uint8Array; readonly digest: string } {
    let stored = this.#programs.get(program);
    if (stored === undefined) {
      const bytes = utf8(JSON.stringify(program));
      stored = { bytes, digest: this.#hash(bytes) };
      this.#programs.set(program, stored);
    }
    return stored;
  }

  #program(executionId: string): Program {
    const rows = this.#database.exec(
      'SELECT parts, digest, bytes FROM programs WHERE execution_id = ? ORDER BY part',
      executionId,
    );
    const [first] = rows;
    // Executions from before there was the table have their program in their own row.
    const text = first === undefined ? this.#legacyProgram(executionId) : textOfParts(rows, first, this.#hash);
    try {
      if (text !== undefined) return JSON.parse(text) as Program;
    } catch {
      // Told below.
    }
    throw corrupt(executionId, 'has lost its program: it is not what was stored');
  }

  #legacyProgram(executionId: string): string | undefined {
    const [row] = this.#database.exec('SELECT program_json FROM executions WHERE execution_id = ?', executionId);
    return row === undefined ? undefined : textOf(row, 'program_json');
  }
}

function textOfParts(rows: readonly SqlRow[], first: SqlRow, hash: Hash): string | undefined {
  const parts = rows.map((row) => bytesOf(row, 'bytes'));
  const bytes = joinParts(parts, numberOf(first, 'parts'));
  return bytes !== undefined && hash(bytes) === first.digest ? new TextDecoder().decode(bytes) : undefined;
}

function sealedText(row: SqlRow): string {
  const { execution_id, program_name, program_digest, status, epoch, last_seq, last_digest } = row;
  const { created_at_ms, updated_at_ms } = row;
  const sealed = [execution_id, program_name, program_digest, status, epoch, last_seq, last_digest];
  return JSON.stringify([...sealed, created_at_ms, updated_at_ms]);
}

function corrupt(executionId: string, why: string): HeddleError {
  return new HeddleError({ code: 'CORRUPT', message: `execution ${executionId} ${why}` });
}
