import type { Clock } from '../../ports/clock.ts';

/** `setTimeout` fires at once for longer delays, so long waits are cut into pieces. */
const timerMsMax = 2 ** 31 - 1;

/** The system clock and its timers: wherever a process stays alive (Node, a page, a worker). */
export class TimerClock implements Clock {
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  now(): number {
    return Date.now();
  }

  wakeAt(executionId: string, atMs: number | null, wake: () => void): void {
    clearTimeout(this.#timers.get(executionId));
    this.#timers.delete(executionId);
    if (atMs === null) return;
    const delayMs = Math.min(Math.max(0, atMs - Date.now()), timerMsMax);
    const timer = setTimeout(() => {
      this.#timers.delete(executionId);
      wake();
    }, delayMs);
    this.#timers.set(executionId, timer);
  }
}
