import { HeddleError } from '../../errors.ts';
import { sha256Hex } from '../../program/digest.ts';

/**
 * The little of SQLite that the stores need, in the shape that both node:sqlite and a Durable Object can be given in a few
 * lines. Synchronous: a store over it never awaits.
 */
export interface SqlDatabase {
  /** Runs one statement with positional parameters and returns its rows. */
  exec(sql: string, ...parameters: readonly SqlValue[]): readonly SqlRow[];
  /** Runs statements without parameters, where the platform takes many of them at once. */
  script?(statements: readonly string[]): void;
  /** Runs `body` whole or not at all; what it throws rolls back and is thrown on. */
  transaction<T>(body: () => T): T;
  /** SHA-256 as lower-case hex, where the platform has a fast one that does not wait. */
  sha256Hex?(bytes: Uint8Array): string;
  /** What was deleted is to be read nowhere any more; a platform that gives no say in it has none. */
  erased?(): void;
}

export type SqlValue = string | number | null | Uint8Array;
export type SqlRow = { readonly [column: string]: SqlValue };

export type Hash = (bytes: Uint8Array) => string;

/** The platform's SHA-256, or our own. */
export function hashOf(database: SqlDatabase): Hash {
  return database.sha256Hex === undefined ? sha256Hex : (bytes) => database.sha256Hex?.(bytes) ?? sha256Hex(bytes);
}

/** Runs statements without parameters, one after the other. */
export function runScript(database: SqlDatabase, statements: readonly string[]): void {
  if (database.script !== undefined) database.script(statements);
  else for (const statement of statements) database.exec(statement);
}

/** A column that the schema says is a number. */
export function numberOf(row: SqlRow, column: string): number {
  return Number(row[column]);
}

export function textOf(row: SqlRow, column: string): string {
  return String(row[column]);
}

/** A column of bytes; platforms hand out ArrayBuffers or views of larger buffers. @throws CORRUPT for anything else */
export function bytesOf(row: SqlRow, column: string): Uint8Array {
  const value: unknown = row[column];
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (value instanceof Uint8Array) return new Uint8Array(value);
  throw new HeddleError({ code: 'CORRUPT', message: `the column ${column} holds a ${typeof value} instead of bytes` });
}
