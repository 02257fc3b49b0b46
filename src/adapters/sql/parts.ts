import { bytesOf, numberOf, type SqlRow } from './sql-database.ts';

/** A Durable Object takes rows up to 2 MB; a part leaves room for the other columns. */
export const partBytesMax = 2 ** 20;

/** Cuts bytes into parts that fit into a row; no bytes are one empty part. */
export function cut(bytes: Uint8Array): readonly Uint8Array[] {
  if (bytes.byteLength <= partBytesMax) return [bytes];
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.byteLength; at += partBytesMax) parts.push(bytes.subarray(at, at + partBytesMax));
  return parts;
}

/**
 * Joins the rows of one thing, in the order of their parts, each with the columns `parts` and `bytes`.
 * @returns undefined when a part is missing
 */
export function joined(rows: readonly SqlRow[]): Uint8Array | undefined {
  const [first] = rows;
  if (first === undefined || rows.length !== numberOf(first, 'parts')) return undefined;
  const parts = rows.map((row) => bytesOf(row, 'bytes'));
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}
