import { HeddleError } from '../../errors.ts';

interface Waiter {
  readonly priority: number;
  readonly take: () => boolean;
  readonly admitted: () => void;
}

/** A line before a gate: higher priorities first, first come first served inside one, and nobody passes the first. */
export class WaitingLine {
  #waiters: readonly Waiter[] = [];

  get length(): number {
    return this.#waiters.length;
  }

  /**
   * Resolves when it is one's turn and `take`, which is asked then and by every `serve`, has said yes.
   * @throws ABORTED when the signal fires before that
   */
  wait(priority: number, take: () => boolean, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(gaveUp());
      const leave = (): void => {
        this.#waiters = this.#waiters.filter((each) => each !== waiter);
        reject(gaveUp());
        // Whoever comes next may need less.
        this.serve();
      };
      const waiter = {
        priority,
        take,
        admitted: () => {
          signal?.removeEventListener('abort', leave);
          resolve();
        },
      };
      signal?.addEventListener('abort', leave, { once: true });
      const place = this.#waiters.findIndex((other) => other.priority < priority);
      this.#waiters = this.#waiters.toSpliced(place < 0 ? this.#waiters.length : place, 0, waiter);
      this.serve();
    });
  }

  /** Lets in from the front whoever can be let in; called whenever that may have changed. */
  serve(): void {
    for (;;) {
      const [first] = this.#waiters;
      if (first === undefined || !first.take()) return;
      this.#waiters = this.#waiters.slice(1);
      first.admitted();
    }
  }
}

export function gaveUp(): HeddleError {
  return new HeddleError({ code: 'ABORTED', message: 'the wait before a gate was given up' });
}
