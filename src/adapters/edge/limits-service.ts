import { RateLimits } from '../../host/gates/rate-limits.ts';
import { WaitingLine } from '../../host/gates/waiting-line.ts';
import type { Clock } from '../../ports/clock.ts';
import { type Answer, answer } from './answer.ts';
import type { PermitsTable } from './permits-table.ts';

/** What the object of a program answers to its executions; a stub of it fits. */
export interface LimitsService {
  /** Waits for a place, at most `waitMs`. @returns whether there was one */
  enterLimit(key: string, limit: number, priority: number, holder: string): Promise<Answer<boolean>>;
  leaveLimit(key: string, holder: string): Promise<Answer<void>>;
  renewLimits(held: readonly (readonly [key: string, holder: string])[]): Promise<Answer<void>>;
  /** Waits for one's turn, however long that is. @returns false when it was not one's turn within `waitMs` */
  passRate(key: string, perSecond: number, priority: number): Promise<Answer<boolean>>;
}

/** Nobody waits longer in one call: who waits on asks again, so that a waiter that has died is forgotten. */
const waitMs = 5_000;

/** Program-wide bulkheads and rates: places are rows that expire, lines live as long as the object. */
export class LocalLimits implements LimitsService {
  readonly #permits: PermitsTable;
  readonly #clock: Clock;
  readonly #rates: RateLimits;
  readonly #lines = new Map<string, WaitingLine>();

  constructor(permits: PermitsTable, clock: Clock) {
    this.#permits = permits;
    this.#clock = clock;
    this.#rates = new RateLimits(clock);
  }

  enterLimit(key: string, limit: number, priority: number, holder: string): Promise<Answer<boolean>> {
    return answer(async () => {
      const line = this.#lines.get(key) ?? new WaitingLine();
      this.#lines.set(key, line);
      const entered = await within(waitMs, (signal) =>
        line.wait(priority, () => this.#permits.take(key, limit, holder, this.#clock.now()), signal),
      );
      if (line.length === 0) this.#lines.delete(key);
      return entered;
    });
  }

  leaveLimit(key: string, holder: string): Promise<Answer<void>> {
    return answer(() => {
      this.#permits.leave(key, holder);
      this.#lines.get(key)?.serve();
    });
  }

  renewLimits(held: readonly (readonly [string, string])[]): Promise<Answer<void>> {
    return answer(() => {
      for (const [key, holder] of held) this.#permits.renew(key, holder, this.#clock.now());
    });
  }

  passRate(key: string, perSecond: number, priority: number): Promise<Answer<boolean>> {
    return answer(() => within(waitMs, (signal) => this.#rates.pass(key, perSecond, priority, signal)));
  }
}

/** @returns false when the time was over first */
async function within(ms: number, wait: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), ms);
  try {
    await wait(abort.signal);
    return true;
  } catch (thrown) {
    if (abort.signal.aborted) return false;
    throw thrown;
  } finally {
    clearTimeout(timer);
  }
}
