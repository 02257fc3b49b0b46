/**
 * A set of small integers with the lowest at hand: levels of 32-bit words, each bit of a level telling whether the word
 * below it holds anything, up to a single word. Adding and deleting touch a level only when a word turns from or to zero;
 * finding the lowest is one count of leading zeros a level. Four levels hold a million.
 */
export class RankSet {
  readonly #levels: readonly Uint32Array[];

  /** @param capacity members are in [0, capacity) */
  constructor(readonly capacity: number) {
    const levels: Uint32Array[] = [];
    let words = capacity;
    do {
      words = (words + 31) >>> 5;
      levels.push(new Uint32Array(Math.max(words, 1)));
    } while (words > 1);
    this.#levels = levels;
  }

  add(member: number): void {
    let bit = member;
    for (const level of this.#levels) {
      const word = bit >>> 5;
      const before = level[word] ?? 0;
      level[word] = before | (1 << (bit & 31));
      if (before !== 0) return;
      bit = word;
    }
  }

  delete(member: number): void {
    let bit = member;
    for (const level of this.#levels) {
      const word = bit >>> 5;
      const left = (level[word] ?? 0) & ~(1 << (bit & 31));
      level[word] = left;
      if (left !== 0) return;
      bit = word;
    }
  }

  has(member: number): boolean {
    return ((this.#levels[0]?.[member >>> 5] ?? 0) & (1 << (member & 31))) !== 0;
  }

  /** The lowest member; -1 when the set is empty. */
  first(): number {
    const top = this.#levels.length - 1;
    if (this.#levels[top]?.[0] === 0) return -1;
    let index = 0;
    for (let level = top; level >= 0; level--) {
      const word = this.#levels[level]?.[index] ?? 0;
      index = (index << 5) + 31 - Math.clz32(word & -word);
    }
    return index;
  }

  /** Takes the lowest member out; -1 when the set is empty. */
  takeFirst(): number {
    const first = this.first();
    if (first >= 0) this.delete(first);
    return first;
  }

  clear(): void {
    for (const level of this.#levels) level.fill(0);
  }
}
