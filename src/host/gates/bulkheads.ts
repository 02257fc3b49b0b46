import { WaitingLine } from './waiting-line.ts';

/** Who is inside counts by being in the set: there is no counter to go wrong. */
interface Bulkhead {
  readonly line: WaitingLine;
  readonly inside: Set<symbol>;
}

/** Limits on how many are inside at once, by key. Each brings its own limit: so many, itself included, it bears. */
export class Bulkheads {
  readonly #byKey = new Map<string, Bulkhead>();

  /** @returns how to leave. @throws ABORTED */
  async enter(key: string, limit: number, priority: number, signal?: AbortSignal): Promise<() => void> {
    const bulkhead = this.#byKey.get(key) ?? { line: new WaitingLine(), inside: new Set() };
    this.#byKey.set(key, bulkhead);
    const { line, inside } = bulkhead;
    const permit = Symbol(key);
    const take = (): boolean => inside.size < limit && inside.add(permit).size > 0;
    try {
      await line.wait(priority, take, signal);
    } catch (thrown) {
      this.#forget(key, bulkhead);
      throw thrown;
    }
    return () => {
      if (!inside.delete(permit)) return;
      line.serve();
      this.#forget(key, bulkhead);
    };
  }

  /** How many are inside and how many wait, by key. */
  get occupancy(): ReadonlyMap<string, { readonly inside: number; readonly waiting: number }> {
    return new Map(
      [...this.#byKey].map(([key, { line, inside }]) => [key, { inside: inside.size, waiting: line.length }]),
    );
  }

  #forget(key: string, bulkhead: Bulkhead): void {
    const unused = bulkhead.inside.size === 0 && bulkhead.line.length === 0;
    if (unused && this.#byKey.get(key) === bulkhead) this.#byKey.delete(key);
  }
}
