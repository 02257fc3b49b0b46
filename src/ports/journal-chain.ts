import type { JournalEntry } from '../engine/event.ts';
import { HeddleError } from '../errors.ts';
import { decode, encode } from '../program/canonical.ts';
import { sha256Hex, utf8 } from '../program/digest.ts';
import type { Value } from '../program/value.ts';
import type { ExecutionHeader } from './journal-store.ts';

/**
 * The stored form of a journal: the entries of each commit packed as canonical CBOR, and a chain of SHA-256 digests
 * (lower-case hex) that begins with the header's and ends in the execution's own record.
 *
 * ```
 * header ── digest ──▶ commit 1–3 ── digest ──▶ commit 4–4 ── digest ──▶ record: last seq 4, last digest
 * ```
 *
 * Each digest covers the one before and the packed bytes. So nothing can be changed, taken out, put elsewhere or cut off
 * the end without being noticed by whoever reads it: that is CORRUPT.
 */
export interface PackedCommit {
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly digest: string;
  readonly bytes: Uint8Array;
}

/** Where a chain begins. `programJson` is the program as stored: as text, because the order of its nodes counts. */
export function headerDigest(header: Omit<ExecutionHeader, 'program'>, programJson: string): string {
  const { executionId, programName, programDigest, createdAtMs } = header;
  return sha256Hex(utf8(JSON.stringify([executionId, programName, programDigest, createdAtMs]) + programJson));
}

/** @param entries one at least, numbered without a gap */
export function packCommit(entries: readonly JournalEntry[], firstSeq: number, previousDigest: string): PackedCommit {
  const bytes = encode(entries as unknown as Value);
  return { firstSeq, lastSeq: firstSeq + entries.length - 1, digest: chained(previousDigest, bytes), bytes };
}

/** What a reader asked for, and what the execution's record says of the end of its journal. */
export interface ChainReading {
  readonly executionId: string;
  readonly afterSeq: number;
  /** How many entries are wanted at the most; may be Infinity. */
  readonly limit: number;
  readonly lastSeq: number;
  readonly lastDigest: string;
}

/**
 * The entries with seq > afterSeq out of the commits that hold them.
 *
 * @param previousDigest of the commit before, or of the header when the first commit is the very first
 * @param commits rising, from the one that holds afterSeq + 1 to the one that holds the last entry wanted
 * @throws CORRUPT, saying which events
 */
export function readCommits(reading: ChainReading, previousDigest: string, commits: readonly PackedCommit[]): readonly JournalEntry[] {
  const { executionId, afterSeq, limit, lastSeq, lastDigest } = reading;
  const untilSeq = Math.min(afterSeq + limit, lastSeq);
  const found: JournalEntry[] = [];
  let digest = previousDigest;
  let seq = Math.min(commits[0]?.firstSeq ?? afterSeq + 1, afterSeq + 1) - 1;
  for (const commit of commits) {
    if (commit.firstSeq !== seq + 1) throw corrupt(executionId, seq + 1, commit.firstSeq - 1, 'are missing');
    for (const entry of unpack(executionId, commit, digest)) {
      if (entry.seq > afterSeq && entry.seq <= untilSeq) found.push(entry);
    }
    digest = commit.digest;
    seq = commit.lastSeq;
  }
  if (seq < untilSeq) throw corrupt(executionId, seq + 1, untilSeq, 'are missing');
  if (seq === lastSeq && commits.length > 0 && digest !== lastDigest) {
    throw corrupt(executionId, commits.at(-1)?.firstSeq ?? seq, seq, 'are not the last that were stored');
  }
  return found;
}

function unpack(executionId: string, { firstSeq, lastSeq, digest, bytes }: PackedCommit, previousDigest: string): readonly JournalEntry[] {
  if (chained(previousDigest, bytes) !== digest) {
    throw corrupt(executionId, firstSeq, lastSeq, 'are not what was stored, or not in their place');
  }
  const entries = decode(bytes) as unknown as readonly JournalEntry[];
  const inOrder = entries.length === lastSeq - firstSeq + 1 && entries.every(({ seq }, index) => seq === firstSeq + index);
  if (!inOrder) throw corrupt(executionId, firstSeq, lastSeq, 'are not numbered as they were');
  return entries;
}

function chained(previousDigest: string, bytes: Uint8Array): string {
  const prefix = utf8(previousDigest);
  const covered = new Uint8Array(prefix.byteLength + bytes.byteLength);
  covered.set(prefix);
  covered.set(bytes, prefix.byteLength);
  return sha256Hex(covered);
}

function corrupt(executionId: string, firstSeq: number, lastSeq: number, why: string): HeddleError {
  return new HeddleError({
    code: 'CORRUPT',
    message: `events ${firstSeq} to ${lastSeq} of execution ${executionId} ${why}`,
    hint: 'restore the execution from an export or from an earlier copy of the store',
    details: { executionId, firstSeq, lastSeq },
  });
}
