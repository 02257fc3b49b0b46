import type { Random } from '../../ports/random.ts';

/** Ids that begin with the id of the execution they come from, so that its object is found by them. */
export class RootedRandom implements Random {
  readonly #inner: Random;
  readonly #root: string;

  constructor(inner: Random, root: string) {
    this.#inner = inner;
    this.#root = root;
  }

  id(prefix: string): string {
    return `${this.#root}.${this.#inner.id(prefix)}`;
  }

  seed(): number {
    return this.#inner.seed();
  }
}
