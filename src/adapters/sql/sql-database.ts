import { HeddleError } from '../../errors.ts';
import { sha256Hex, utf8 } from '../../program/digest.ts';

/**
 * The little of SQLite that the stores need, in the shape that both node:sqlite and a Durable Object can be given in a few
 * lines. Synchronous: a store over it never awaits.
 */
export interface SqlDatabase {
  /** Runs one statement with positional parameters and returns its rows. */
  exec(sql: string, ...parameters: readonly SqlValue[]): readonly SqlRow[];
  /** As `exec` for a statement without rows, where the platform has less work with it. @returns how many rows it has changed */
  run?(sql: string, ...parameters: readonly SqlValue[]): number;
  /** Runs statements without parameters, where the platform takes many of them at once. */
  script?(statements: readonly string[]): void;
  /** Runs `body` whole or not at all; what it throws rolls back and is thrown on. */
  transaction<T>(body: () => T): T;
  /** SHA-256 as lower-case hex, where the platform has a fast one that does not wait. */
  sha256Hex?(bytes: Uint8Array): string;
  /** The same of the UTF-8 of a text, where the platform need not be given its bytes. */
  sha256HexOfText?(text: string): string;
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

/** As {@link hashOf}, of the UTF-8 of a text. */
export function textHashOf(database: SqlDatabase): (text: string) => string {
  const hash = hashOf(database);
  return (text) => database.sha256HexOfText?.(text) ?? hash(utf8(text));
}

/** Runs a statement that gives no rows. */
export function run(database: SqlDatabase, sql: string, ...parameters: readonly SqlValue[]): void {
  if (database.run === undefined) database.exec(sql, ...parameters);
  else database.run(sql, ...parameters);
}

/** Runs an INSERT, UPDATE or DELETE. @returns whether it has changed anything */
export function changes(database: SqlDatabase, sql: string, ...parameters: readonly SqlValue[]): boolean {
  if (database.run !== undefined) return database.run(sql, ...parameters) > 0;
  return database.exec(`${sql} RETURNING 1`, ...parameters).length > 0;
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
