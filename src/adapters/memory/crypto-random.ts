import type { Random } from '../../ports/random.ts';

/** Ids and seeds from the platform's cryptographic generator; only ever called while handling something, never at load. */
export class CryptoRandom implements Random {
  /** `prefix_` + 48 bits of time + 80 random bits in hex: sortable by time, unguessable. */
  id(prefix: string): string {
    const time = Date.now().toString(16).padStart(12, '0');
    const random = crypto.getRandomValues(new Uint8Array(10));
    return `${prefix}_${time}${Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  }

  seed(): number {
    return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  }
}
