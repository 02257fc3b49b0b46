import type { Clock } from '../ports/clock.ts';

interface Appointment {
  readonly atMs: number;
  readonly act: () => void;
}

/**
 * Time that stands still while anything is being done and then jumps to the next appointment. Kept as a float, so that a
 * schedule is exact; the clock shows whole ms, as a real one does.
 */
export class VirtualTime implements Clock {
  /** By rising time; of two at the same time the one made first comes first. */
  readonly #appointments: Appointment[] = [];
  readonly #wakeUps = new Map<string, () => void>();
  #nowMs: number;

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  get exactMs(): number {
    return this.#nowMs;
  }

  now(): number {
    return Math.floor(this.#nowMs);
  }

  wakeAt(executionId: string, atMs: number | null, wake: () => void): void {
    this.#wakeUps.get(executionId)?.();
    this.#wakeUps.delete(executionId);
    if (atMs !== null) this.#wakeUps.set(executionId, this.at(atMs, wake));
  }

  /** @returns how to call it off */
  at(atMs: number, act: () => void): () => void {
    const appointment = { atMs: Math.max(atMs, this.#nowMs), act };
    this.#appointments.splice(this.#after(appointment.atMs), 0, appointment);
    return () => {
      const index = this.#appointments.indexOf(appointment);
      if (index >= 0) this.#appointments.splice(index, 1);
    };
  }

  /**
   * Jumps from one time to the next until `done`, letting all that follows from one time happen before the next comes.
   * @returns false when there is nothing left to wait for, though it is not done
   */
  async run(done: () => boolean): Promise<boolean> {
    for (;;) {
      await quiet();
      if (done()) return true;
      const next = this.#appointments[0];
      if (next === undefined) return false;
      this.#nowMs = next.atMs;
      const due = this.#appointments.splice(0, this.#after(next.atMs));
      for (const { act } of due) act();
    }
  }

  /** The place after every appointment up to that time. */
  #after(atMs: number): number {
    let [low, high] = [0, this.#appointments.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#appointments[middle]?.atMs ?? 0) <= atMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Resolves when no microtask is left: an immediate comes after all of them. */
function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
