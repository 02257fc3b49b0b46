/**
 * A set of small integers with the lowest at hand: levels of 32-bit words, each bit of a level telling whether the word
 * below it holds anything, up to a single word. Adding and deleting touch a level only when a word turns from or to zero;
 * finding the lowest is one count of leading zeros a level. Four levels hold a million.
 */
export class RankSet {
  readonly #levels: readonly Int32Array[];

  /** @param capacity members are in [0, capacity) */
  constructor(readonly capacity: number) {
    const levels: Int32Array[] = [];
    let words = capacity;
    do {
      words = (words + 31) >>> 5;
      levels.push(new Int32Array(Math.max(words, 1)));
    } while (words > 1);
    this.#levels = levels;
  }

  add(member: number): void {
    const levels = this.#levels;
    let bit = member;
    for (let index = 0; index < levels.length; index++) {
      const level = levels[index] as Int32Array;
      const word = bit >>> 5;
      const before = level[word] as number;
      level[word] = before | (1 << (bit & 31));
      if (before !== 0) return;
      bit = word;
    }
  }

  delete(member: number): void {
    const levels = this.#levels;
    let bit = member;
    for (let index = 0; index < levels.length; index++) {
      const level = levels[index] as Int32Array;
      const word = bit >>> 5;
      const left = (level[word] as number) & ~(1 << (bit & 31));
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
    const levels = this.#levels;
    const top = levels.length - 1;
    if ((levels[top] as Int32Array)[0] === 0) return -1;
    let index = 0;
    for (let level = top; level >= 0; level--) {
      const word = (levels[level] as Int32Array)[index] as number;
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
