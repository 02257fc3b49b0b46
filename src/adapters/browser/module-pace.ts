/** Calls that are seen before a module counts as short or brief, and how long they may take on average. */
const provedAfter = 32;
const shortMs = 1;
const briefMs = 32;
/** Until an answer is stored and the next call is there, a worker may have ended one more call that takes no longer than that. */
const twoAheadMs = 8;

/** A call that takes so long, and so many times what others took, shows that it is not; it has to prove itself again. */
const longMs = 10;
const longFactor = 8;

/** Weight of the latest call in the mean. */
const latest = 1 / 16;

/** What of a call matters here. */
export interface PaceableCall {
  readonly open: boolean;
  readonly alone: boolean;
  readonly call: { readonly module: string };
}

interface Pace {
  calls: number;
  meanMs: number;
}

/** Which modules have proved to be short or brief: their calls may be sent to a worker that still has others. */
export class ModulePace {
  readonly #paces = new Map<string, Pace>();

  took(module: string, ms: number): void {
    const pace = this.#paces.get(module);
    if (pace !== undefined && ms >= longMs && ms > longFactor * pace.meanMs) return this.reset(module);
    if (pace === undefined) this.#paces.set(module, { calls: 1, meanMs: ms });
    else {
      pace.calls++;
      // The first call loads what all need, and says nothing of the next.
      pace.meanMs += (ms - pace.meanMs) * (pace.calls === 2 ? 1 : latest);
    }
  }

  /** Waking a worker for one call takes longer than the call. */
  isShort(module: string): boolean {
    return this.#provedBelow(shortMs, module);
  }

  /** Nothing that was seen of it speaks against that, though it may be too little to prove it: what is called once a program proves late. */
  seemsBrief(module: string): boolean {
    const pace = this.#paces.get(module);
    return pace !== undefined && pace.meanMs < briefMs;
  }

  /** Whether all a worker has is short, and wanted, and none of it is to be alone. */
  hasShort(held: Iterable<PaceableCall>): boolean {
    for (const { open, alone, call } of held) if (!open || alone || !this.isShort(call.module)) return false;
    return true;
  }

  /**
   * How many calls of it a worker may be sent before it has ended one. A brief module ends so soon that a worker without the next
   * call at hand would wait for a good part of its time; what has not proved to be brief is not sent ahead.
   */
  callsAhead(module: string): number {
    if (!this.#provedBelow(briefMs, module)) return 0;
    return this.meanMs(module) < twoAheadMs ? 2 : 1;
  }

  /** The same of what a worker has. */
  callsAheadOf(held: Iterable<PaceableCall>): number {
    let ahead = Number.POSITIVE_INFINITY;
    for (const { open, alone, call } of held)
      ahead = open && !alone ? Math.min(ahead, this.callsAhead(call.module)) : 0;
    return ahead;
  }

  /** 0 when nothing is known. */
  meanMs(module: string): number {
    return this.#paces.get(module)?.meanMs ?? 0;
  }

  reset(module: string): void {
    this.#paces.delete(module);
  }

  #provedBelow(ms: number, module: string): boolean {
    const pace = this.#paces.get(module);
    return pace !== undefined && pace.calls >= provedAfter && pace.meanMs < ms;
  }
}
