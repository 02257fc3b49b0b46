import type { Clock } from '../ports/clock.ts';
import { quiet } from './quiet.ts';

interface Armed {
  readonly atMs: number;
  readonly order: number;
  readonly wake: () => void;
}

/** A clock that stands still until it is told to go on. Wake-ups come in the order of their times, each at its time. */
export class FakeClock implements Clock {
  #nowMs: number;
  #order = 0;
  #timers = 0;
  readonly #armed = new Map<string, Armed>();

  /** @param nowMs milliseconds since the Unix epoch */
  constructor(nowMs = 1_000_000) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  wakeAt(id: string, atMs: number | null, wake: () => void): void {
    this.#armed.delete(id);
    if (atMs !== null) this.#armed.set(id, { atMs, order: this.#order++, wake });
  }

  /** Ids of what is armed, soonest first. */
  get armed(): readonly string[] {
    return this.#byTime().map(([id]) => id);
  }

  /** When the next wake-up is due; undefined when nothing is armed. */
  get nextAtMs(): number | undefined {
    return this.#byTime()[0]?.[1].atMs;
  }

  /** Resolves when so much time has been advanced over: what a module of a test waits with. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.wakeAt(`sleep#${this.#timers++}`, this.#nowMs + ms, resolve));
  }

  /** Lets so much time pass; everything that follows from one time happens before the next comes. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    while (await this.#step(untilMs));
    this.#nowMs = untilMs;
    await quiet();
  }

  /** Goes on to the next wake-up and lets all happen that follows from it. @returns false when nothing is armed */
  async next(): Promise<boolean> {
    const stepped = await this.#step(Number.POSITIVE_INFINITY);
    if (stepped) await quiet();
    return stepped;
  }

  async #step(untilMs: number): Promise<boolean> {
    await quiet();
    const [next] = this.#byTime();
    if (next === undefined || next[1].atMs > untilMs) return false;
    const [id, { atMs, wake }] = next;
    this.#armed.delete(id);
    this.#nowMs = Math.max(this.#nowMs, atMs);
    wake();
    return true;
  }

  #byTime(): readonly (readonly [string, Armed])[] {
    return [...this.#armed].sort(([, a], [, b]) => a.atMs - b.atMs || a.order - b.order);
  }
}
