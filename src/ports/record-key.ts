import { HeddleError } from '../errors.ts';
import { utf8 } from '../program/digest.ts';

/**
 * A key as UTF-8, by whose bytes every adapter orders: that is the order of code points everywhere, where JavaScript and
 * IndexedDB would compare UTF-16 units and a database its own collation.
 * @throws BAD_INPUT for half a surrogate pair, which has no UTF-8
 */
export function keyBytes(key: string): Uint8Array<ArrayBuffer> {
  if (key.isWellFormed()) return new Uint8Array(utf8(key));
  throw new HeddleError({
    code: 'BAD_INPUT',
    message: `the key ${JSON.stringify(key)} is not well-formed text`,
    retryable: false,
  });
}

/** What lies above every key that begins with the prefix; undefined when nothing does. */
export function endOfPrefix(prefix: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const end = new Uint8Array(prefix);
  const last = end.length - 1;
  // No byte of UTF-8 is above 0xf4, so the last one can always be raised.
  if (last < 0) return undefined;
  end[last] = (end[last] ?? 0) + 1;
  return end;
}

/** Below 0, 0 or above 0, as the first comes before, with or after the second. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
