import type { Random } from '../../ports/random.ts';

/** Bytes fetched at once: asking the platform takes far longer than what is asked for. */
const pooledBytes = 1024;
const idBytes = 10;
const seedBytes = 4;

/** Ids and seeds from the platform's cryptographic generator; only ever called while handling something, never at load. */
export class CryptoRandom implements Random {
  readonly #pool = new Uint8Array(pooledBytes);
  #used = pooledBytes;

  /** `prefix_` + 48 bits of time + 80 random bits in hex: sortable by time, unguessable. */
  id(prefix: string): string {
    let id = `${prefix}_${Date.now().toString(16).padStart(12, '0')}`;
    for (const byte of this.#take(idBytes)) id += byte.toString(16).padStart(2, '0');
    return id;
  }

  seed(): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.#take(seedBytes);
    return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  }

  /** Bytes that are given once. */
  #take(count: number): Uint8Array {
    if (this.#used + count > pooledBytes) {
      crypto.getRandomValues(this.#pool);
      this.#used = 0;
    }
    this.#used += count;
    return this.#pool.subarray(this.#used - count, this.#used);
  }
}
