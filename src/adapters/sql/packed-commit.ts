import type { JournalEntry } from '../../engine/event.ts';
import { type PackedEntries, unpackEntries } from '../../engine/packed-entries.ts';
import { HeddleError } from '../../errors.ts';
import { decode } from '../../program/canonical.ts';
import { utf8 } from '../../program/digest.ts';
import { joinParts } from './parts.ts';
import { bytesOf, type Hash, numberOf, type SqlRow, textOf } from './sql-database.ts';

/** Each digest covers the one before, so that a commit can be neither changed, nor removed, nor moved unnoticed. */
export function chain(previous: string, bytes: Uint8Array, hash: Hash): string {
  const prefix = utf8(previous);
  const covered = new Uint8Array(prefix.byteLength + bytes.byteLength);
  covered.set(prefix);
  covered.set(bytes, prefix.byteLength);
  return hash(covered);
}

/** The rows of each commit, which are its parts. */
export function groupByCommit(rows: readonly SqlRow[]): readonly (readonly SqlRow[])[] {
  const commits: SqlRow[][] = [];
  for (const row of rows) {
    const current = commits.at(-1);
    if (current?.[0]?.first_seq === row.first_seq) current?.push(row);
    else commits.push([row]);
  }
  return commits;
}

/**
 * The entries of one commit.
 * @param before digest of the commit before the first that was read; '' when there is none
 * @throws CORRUPT when they are not what was stored
 */
export function unpack(
  executionId: string,
  rows: readonly SqlRow[],
  before: string,
  hash: Hash,
): readonly JournalEntry[] {
  const [first] = rows;
  if (first === undefined) return [];
  const [from, until] = [numberOf(first, 'first_seq'), numberOf(first, 'last_seq')];
  const corrupt = (why: string) =>
    new HeddleError({ code: 'CORRUPT', message: `events ${from} to ${until} of execution ${executionId} ${why}` });
  const bytes = joinParts(
    rows.map((row) => bytesOf(row, 'bytes')),
    numberOf(first, 'parts'),
  );
  if (bytes === undefined) throw corrupt('lack a part');
  const previous = first.previous === null ? before : textOf(first, 'previous');
  if (chain(previous, bytes, hash) !== textOf(first, 'digest'))
    throw corrupt('are not what was stored, or not in their place');
  const entries = unpackEntries(decode(bytes) as unknown as PackedEntries);
  if (entries[0]?.seq !== from || entries.at(-1)?.seq !== until) throw corrupt('are not numbered as they were');
  return entries;
}
