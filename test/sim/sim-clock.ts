import type { Clock } from '../../src/ports/clock.ts';

interface Scheduled {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** Virtual time: everything that will happen, by time and then by the order in which it was arranged. */
export class Timeline {
  #now = 1_000_000;
  #order = 0;
  readonly #scheduled: Scheduled[] = [];

  get now(): number {
    return this.#now;
  }

  /** A clock that jumps: it only ever makes recorded times odd, never the order of things. */
  skew = 0;

  after(delayMs: number, run: () => void): void {
    const scheduled = { atMs: this.#now + Math.max(0, delayMs), order: this.#order++, run };
    const index = this.#scheduled.findIndex((other) => other.atMs > scheduled.atMs);
    if (index < 0) this.#scheduled.push(scheduled);
    else this.#scheduled.splice(index, 0, scheduled);
  }

  /** Runs the next thing. @returns false when nothing is left */
  step(): boolean {
    const next = this.#scheduled.shift();
    if (next === undefined) return false;
    this.#now = Math.max(this.#now, next.atMs);
    next.run();
    return true;
  }
}

/** The clock of one host incarnation. Wake-ups come late, early or twice as `lateness` says. */
export class SimClock implements Clock {
  readonly #armed = new Map<string, symbol>();
  readonly #timeline: Timeline;
  readonly #alive: () => boolean;
  readonly #delays: () => readonly number[];

  /** @param delays how much later than asked each wake-up comes; two numbers make it come twice */
  constructor(timeline: Timeline, alive: () => boolean, delays: () => readonly number[]) {
    this.#timeline = timeline;
    this.#alive = alive;
    this.#delays = delays;
  }

  now(): number {
    return this.#timeline.now + this.#timeline.skew;
  }

  wakeAt(executionId: string, atMs: number | null, wake: () => void): void {
    const token = Symbol(executionId);
    this.#armed.set(executionId, token);
    if (atMs === null) return;
    for (const delayMs of this.#delays()) {
      this.#timeline.after(Math.max(0, atMs - this.now()) + delayMs, () => {
        if (this.#alive() && this.#armed.get(executionId) === token) wake();
      });
    }
  }
}
