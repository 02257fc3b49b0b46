import type { Clock } from '../../src/ports/clock.ts';

/** A clock that stands still until it is told to go on; wake-ups come in order, each at its time. */
export class FakeClock implements Clock {
  nowMs: number;
  readonly #armed = new Map<string, { readonly atMs: number; readonly wake: () => void }>();

  constructor(nowMs = 1_000_000) {
    this.nowMs = nowMs;
  }

  now(): number {
    return this.nowMs;
  }

  wakeAt(id: string, atMs: number | null, wake: () => void): void {
    this.#armed.delete(id);
    if (atMs !== null) this.#armed.set(id, { atMs, wake });
  }

  get armed(): readonly string[] {
    return [...this.#armed.keys()];
  }

  /** Everything that follows from one time happens before the next comes. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms;
    for (;;) {
      await quiet();
      const [next] = [...this.#armed].filter(([, { atMs }]) => atMs <= untilMs).sort(([, a], [, b]) => a.atMs - b.atMs);
      if (next === undefined) break;
      const [id, { atMs, wake }] = next;
      this.#armed.delete(id);
      this.nowMs = Math.max(this.nowMs, atMs);
      wake();
    }
    this.nowMs = untilMs;
    await quiet();
  }
}

/** Resolves when no microtask is left. */
export function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
