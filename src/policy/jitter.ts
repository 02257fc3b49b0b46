/**
 * A random number that is a pure function of what it is for. Jitter drawn this way needs no generator state in
 * checkpoints, and does not depend on the order in which attempts happen to fail.
 *
 * @returns a number in [0, 1) with 32 bits, from MurmurHash3's 32-bit mixing (Austin Appleby, public domain)
 */
export function hashRandom(seed: number, ...parts: readonly number[]): number {
  let hash = seed | 0;
  for (const part of parts) {
    let k = Math.imul(part | 0, 0xcc9e2d51);
    k = (k << 15) | (k >>> 17);
    hash ^= Math.imul(k, 0x1b873593);
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  hash ^= parts.length * 4;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
