import type { PublishedFact } from '../engine/command.ts';

/** What an execution held of one resource. */
export interface HeldRecord {
  /** Amount × ms, over all its tasks. */
  readonly amountMs: number;
  /** The most it held at once. */
  readonly peak: number;
  /** What its host had of it, where that is known. */
  readonly capacity?: number;
}

/** Folds RESOURCE_ALLOCATED and RESOURCE_RELEASED into what was held of each type, and how long. */
export class HeldTally {
  readonly #held = new Map<string, Readonly<Record<string, number>>>();
  readonly #types = new Map<string, { now: number; amountMs: number; peak: number; sinceMs: number }>();

  take({ type, atMs, taskId = '', resources }: PublishedFact): void {
    if (type === 'RESOURCE_ALLOCATED' && resources !== undefined) {
      this.#release(taskId, atMs);
      this.#held.set(taskId, resources);
      for (const [each, amount] of Object.entries(resources)) this.#add(each, amount, atMs);
    } else if (type === 'RESOURCE_RELEASED') this.#release(taskId, atMs);
  }

  /** @param untilMs when what was not told to be released was released at the latest */
  record(
    untilMs: number,
    capacity: Readonly<Record<string, number>> = {},
  ): { readonly [type: string]: HeldRecord } | undefined {
    for (const taskId of [...this.#held.keys()]) this.#release(taskId, untilMs);
    if (this.#types.size === 0) return undefined;
    const of = (type: string) => (Object.hasOwn(capacity, type) ? { capacity: capacity[type] ?? 0 } : {});
    return Object.fromEntries(
      [...this.#types].map(([type, { amountMs, peak }]) => [type, { amountMs, peak, ...of(type) }]),
    );
  }

  #release(taskId: string, atMs: number): void {
    for (const [type, amount] of Object.entries(this.#held.get(taskId) ?? {})) this.#add(type, -amount, atMs);
    this.#held.delete(taskId);
  }

  #add(type: string, amount: number, atMs: number): void {
    const tally = this.#types.get(type) ?? { now: 0, amountMs: 0, peak: 0, sinceMs: atMs };
    tally.amountMs += tally.now * Math.max(0, atMs - tally.sinceMs);
    tally.sinceMs = Math.max(tally.sinceMs, atMs);
    tally.now += amount;
    tally.peak = Math.max(tally.peak, tally.now);
    this.#types.set(type, tally);
  }
}
