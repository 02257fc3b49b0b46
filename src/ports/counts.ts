import { decode, encode } from '../program/canonical.ts';

/** Numbers by name, as a record holds them: canonical bytes of an object. */
export interface Counts {
  readonly [name: string]: number;
}

/**
 * Adds to the counts of a record, whose names are those of the changes and of what is there already.
 * @param bytes of the record; undefined when there is none, which is zeros
 * @throws CORRUPT when the bytes are no counts
 */
export function addCounts(
  bytes: Uint8Array | undefined,
  changes: Counts,
): { readonly counts: Counts; readonly bytes: Uint8Array } {
  const known = bytes === undefined ? {} : (decode(bytes) as unknown as Counts);
  const added = Object.entries(changes).map(([name, change]) => [name, (known[name] ?? 0) + change]);
  const counts = { ...known, ...Object.fromEntries(added) };
  return { counts, bytes: encode(counts) };
}
