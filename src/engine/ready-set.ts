/**
 * A set of small integers with the lowest one at hand: two levels of 32-bit words, the upper telling which lower words
 * are not empty. Adding is two ORs, the lowest is found with two count-leading-zeros after skipping empty summary words.
 */
export class ReadySet {
  readonly #words: Uint32Array;
  readonly #summary: Uint32Array;

  /** @param capacity members are in [0, capacity) */
  constructor(readonly capacity: number) {
    this.#words = new Uint32Array((capacity >>> 5) + 1);
    this.#summary = new Uint32Array((this.#words.length >>> 5) + 1);
  }

  add(member: number): void {
    const word = member >>> 5;
    this.#words[word] = (this.#words[word] ?? 0) | (1 << (member & 31));
    this.#summary[word >>> 5] = (this.#summary[word >>> 5] ?? 0) | (1 << (word & 31));
  }

  delete(member: number): void {
    const word = member >>> 5;
    const left = (this.#words[word] ?? 0) & ~(1 << (member & 31));
    this.#words[word] = left;
    if (left === 0) this.#summary[word >>> 5] = (this.#summary[word >>> 5] ?? 0) & ~(1 << (word & 31));
  }

  has(member: number): boolean {
    return ((this.#words[member >>> 5] ?? 0) & (1 << (member & 31))) !== 0;
  }

  /** The lowest member, or -1. */
  first(): number {
    for (let s = 0; s < this.#summary.length; s++) {
      const summary = this.#summary[s] ?? 0;
      if (summary === 0) continue;
      const word = (s << 5) + lowestBit(summary);
      return (word << 5) + lowestBit(this.#words[word] ?? 0);
    }
    return -1;
  }
}

const lowestBit = (word: number): number => 31 - Math.clz32(word & -word);
