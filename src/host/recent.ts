/** Names in the order they were last noted, up to a number; the one noted longest ago goes first. */
export class Recent {
  readonly #max: number;
  readonly #names = new Set<string>();

  constructor(max: number) {
    this.#max = max;
  }

  /** @returns the name that has to go for it, if any */
  note(name: string): string | undefined {
    this.#names.delete(name);
    this.#names.add(name);
    if (this.#names.size <= this.#max) return undefined;
    const [oldest] = this.#names;
    if (oldest !== undefined) this.#names.delete(oldest);
    return oldest;
  }

  forget(name: string): void {
    this.#names.delete(name);
  }
}
