/** Gives each attempt the first worker lane that is free. */
export class Lanes {
  readonly #taken: boolean[] = [];

  get count(): number {
    return this.#taken.length;
  }

  take(): number {
    const free = this.#taken.indexOf(false);
    const lane = free < 0 ? this.#taken.length : free;
    this.#taken[lane] = true;
    return lane;
  }

  give(lane: number): void {
    this.#taken[lane] = false;
  }
}
