import type { Random } from '../ports/random.ts';

/** Randomness that follows from a seed: Mulberry32 (Tommy Ettinger, public domain). The same seed gives the same draws. */
export class SeededRandom implements Random {
  #state: number;
  #ids = 0;

  /** @param initial 32 bits are used */
  constructor(initial = 1) {
    this.#state = initial >>> 0;
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number in [low, high]. */
  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of the choices, of which there must be one. */
  pick<T>(choices: readonly T[]): T {
    return choices[this.int(0, choices.length - 1)] as T;
  }

  /** `prefix_`, a count and 32 drawn bits: sortable, unique within this source, the same in every run. */
  id(prefix: string): string {
    return `${prefix}_${(this.#ids++).toString(16).padStart(8, '0')}${this.seed().toString(16).padStart(8, '0')}`;
  }

  seed(): number {
    return Math.floor(this.next() * 2 ** 32);
  }
}
