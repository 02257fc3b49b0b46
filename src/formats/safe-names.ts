/** Names of letters, digits, `-`, `_` and `.` for texts of any kind, different ones for different texts. */
export class SafeNames {
  readonly #names = new Map<string, string>();

  /** @param texts all of them, in the order in which they get their names; those that are safe keep theirs */
  constructor(texts: readonly string[]) {
    const taken = new Set(texts.filter(isSafe));
    for (const text of texts) {
      if (this.#names.has(text)) continue;
      if (isSafe(text)) {
        this.#names.set(text, text);
        continue;
      }
      const base = text.replace(/[^0-9a-zA-Z\-_.]/g, '_') || '_';
      let name = base;
      for (let count = 2; taken.has(name); count++) name = `${base}_${count}`;
      taken.add(name);
      this.#names.set(text, name);
    }
  }

  of(text: string): string {
    return this.#names.get(text) ?? text;
  }
}

function isSafe(text: string): boolean {
  return /^[0-9a-zA-Z\-_.]+$/.test(text);
}
