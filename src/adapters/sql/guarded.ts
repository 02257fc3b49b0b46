import { type ErrorCode, HeddleError, isHeddleError } from '../../errors.ts';

/** Runs a piece of work on a database; what the database throws becomes STORAGE_FAILED or CORRUPT, our own errors pass. */
export function guarded<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw isHeddleError(thrown) ? thrown : storageFailed(what, thrown);
  }
}

interface Verdict {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly hint?: string;
}

/** By SQLite's primary result code (sqlite.org/rescode.html). What is not listed may go away by itself: busy, locked, I/O error. */
const verdicts: Readonly<Record<string, Verdict>> = {
  FULL: { code: 'STORAGE_FAILED', retryable: false, hint: 'delete executions that are no longer needed, or make room on the disk' },
  TOOBIG: { code: 'STORAGE_FAILED', retryable: false, hint: 'store less in one value' },
  READONLY: { code: 'STORAGE_FAILED', retryable: false, hint: 'make the database and its folder writable' },
  PERM: { code: 'STORAGE_FAILED', retryable: false, hint: 'make the database and its folder accessible' },
  CANTOPEN: { code: 'STORAGE_FAILED', retryable: false, hint: 'check that the folder exists and is accessible' },
  CORRUPT: { code: 'CORRUPT', retryable: false, hint: 'restore the database from a copy' },
  NOTADB: { code: 'CORRUPT', retryable: false, hint: 'name another file, or restore the database from a copy' },
};

const primaryCodes: Readonly<Record<number, string>> = { 3: 'PERM', 8: 'READONLY', 11: 'CORRUPT', 13: 'FULL', 14: 'CANTOPEN', 18: 'TOOBIG', 26: 'NOTADB' };

function storageFailed(what: string, thrown: unknown): HeddleError {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const { code, retryable, hint } = verdicts[resultCode(thrown, message)] ?? { code: 'STORAGE_FAILED', retryable: true };
  return new HeddleError({ code, message: `the database could not ${what}: ${message}`, retryable, ...(hint !== undefined && { hint }) });
}

/** node:sqlite gives the extended code as a number, a Durable Object writes `SQLITE_FULL` into the message. */
function resultCode(thrown: unknown, message: string): string {
  const { errcode } = thrown as { errcode?: unknown };
  if (typeof errcode === 'number') return primaryCodes[errcode & 0xff] ?? '';
  return /SQLITE_([A-Z]+)/.exec(message)?.[1] ?? '';
}
