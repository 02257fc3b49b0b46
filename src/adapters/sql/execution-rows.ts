import { HeddleError } from '../../errors.ts';
import type { ExecutionHeader } from '../../ports/journal-store.ts';
import { sha256Hex, utf8 } from '../../program/digest.ts';
import type { Program } from '../../program/program.ts';
import { cut, joinParts } from './parts.ts';
import { summaryOf } from './rows.ts';
import { bytesOf, numberOf, type SqlDatabase, type SqlRow, textOf } from './sql-database.ts';

/** What of an execution changes while it runs. */
export interface ExecutionChange {
  readonly status?: string;
  readonly epoch?: number;
  readonly lastSeq?: number;
  readonly lastDigest?: string;
  readonly updatedAtMs?: number;
}

/**
 * The tables `executions` and `programs`. A row of `executions` is rewritten by every commit, so it is small, and sealed by
 * a digest of its columns; the program, which may be large and never changes, lies in parts of its own.
 */
export class ExecutionRows {
  readonly #database: SqlDatabase;
  /** Of the row sealed last: every commit reads back what the one before has written. */
  #sealed = { text: '', seal: '' };

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  /** @throws ALREADY_EXISTS */
  insert({ executionId, programName, programDigest, program, createdAtMs }: ExecutionHeader): void {
    if (this.find(executionId) !== undefined) {
      throw new HeddleError({
        code: 'ALREADY_EXISTS',
        message: `execution ${executionId} exists already`,
        hint: 'choose another id',
      });
    }
    const row = {
      execution_id: executionId,
      program_name: programName,
      program_digest: programDigest,
      status: 'PENDING',
      epoch: 0,
      last_seq: 0,
      last_digest: '',
      created_at_ms: createdAtMs,
      updated_at_ms: createdAtMs,
    };
    const values = [...Object.values(row), '', this.#sealOf(row)];
    const columns = [...Object.keys(row), 'program_json', 'seal'].join();
    this.#database.exec(`INSERT INTO executions (${columns}) VALUES (${values.map(() => '?').join()})`, ...values);
    // As JSON text, because the order of nodes is part of the program.
    const bytes = utf8(JSON.stringify(program));
    const digest = sha256Hex(bytes);
    const parts = cut(bytes);
    parts.forEach((part, index) => {
      this.#database.exec(
        'INSERT INTO programs VALUES (?, ?, ?, ?, ?)',
        executionId,
        index,
        parts.length,
        digest,
        part,
      );
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
    throw new HeddleError({ code: 'NOT_FOUND', message: `no execution ${executionId} is stored` });
  }

  /** @param row as it is stored now */
  update(row: SqlRow, change: ExecutionChange): void {
    const changed = {
      ...row,
      status: change.status ?? textOf(row, 'status'),
      epoch: change.epoch ?? numberOf(row, 'epoch'),
      last_seq: change.lastSeq ?? numberOf(row, 'last_seq'),
      last_digest: change.lastDigest ?? textOf(row, 'last_digest'),
      updated_at_ms: change.updatedAtMs ?? numberOf(row, 'updated_at_ms'),
    };
    const { status, epoch, last_seq, last_digest, updated_at_ms } = changed;
    this.#database.exec(
      `UPDATE executions SET status = ?, epoch = ?, last_seq = ?, last_digest = ?, updated_at_ms = ?, seal = ?
       WHERE execution_id = ?`,
      ...[status, epoch, last_seq, last_digest, updated_at_ms, this.#sealOf(changed), textOf(row, 'execution_id')],
    );
  }

  /** @throws CORRUPT */
  header(executionId: string): ExecutionHeader | undefined {
    const row = this.find(executionId);
    if (row === undefined) return undefined;
    const { programName, programDigest, createdAtMs } = summaryOf(row);
    return { executionId, programName, programDigest, program: this.#program(executionId), createdAtMs };
  }

  #sealOf(row: SqlRow): string {
    const text = sealedText(row);
    if (text !== this.#sealed.text) this.#sealed = { text, seal: sha256Hex(utf8(text)) };
    return this.#sealed.seal;
  }

  #program(executionId: string): Program {
    const rows = this.#database.exec(
      'SELECT parts, digest, bytes FROM programs WHERE execution_id = ? ORDER BY part',
      executionId,
    );
    const [first] = rows;
    // Executions from before there was the table have their program in their own row.
    const text = first === undefined ? this.#legacyProgram(executionId) : textOfParts(rows, first);
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

function textOfParts(rows: readonly SqlRow[], first: SqlRow): string | undefined {
  const parts = rows.map((row) => bytesOf(row, 'bytes'));
  const bytes = joinParts(parts, numberOf(first, 'parts'));
  return bytes !== undefined && sha256Hex(bytes) === first.digest ? new TextDecoder().decode(bytes) : undefined;
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
