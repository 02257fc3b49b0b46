/** Calls that were seen before a module counts as short, and how long they may take on average. */
const provedAfter = 32;
const shortMs = 1;

/** A call that takes so long shows that it is not; it has to prove itself again. */
const longMs = 10;

/** Weight of the latest call in the mean. */
const latest = 1 / 16;

interface Pace {
  calls: number;
  meanMs: number;
}

/** Which modules have proved to be short: their calls may be sent to a worker that still has others. */
export class ModulePace {
  readonly #paces = new Map<string, Pace>();

  took(module: string, ms: number): void {
    if (ms >= longMs) return this.reset(module);
    const pace = this.#paces.get(module);
    if (pace === undefined) this.#paces.set(module, { calls: 1, meanMs: ms });
    else {
      pace.calls++;
      pace.meanMs += (ms - pace.meanMs) * latest;
    }
  }

  isShort(module: string): boolean {
    const pace = this.#paces.get(module);
    return pace !== undefined && pace.calls >= provedAfter && pace.meanMs < shortMs;
  }

  /** 0 when nothing is known. */
  meanMs(module: string): number {
    return this.#paces.get(module)?.meanMs ?? 0;
  }

  reset(module: string): void {
    this.#paces.delete(module);
  }
}
