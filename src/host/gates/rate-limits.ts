import { HeddleError } from '../../errors.ts';
import { type RateState, rateAdmits, rateUnused } from '../../policy/rate-limit.ts';
import type { Clock } from '../../ports/clock.ts';
import { WaitingLine } from './waiting-line.ts';

interface Limit {
  readonly line: WaitingLine;
  state: RateState;
}

/** Limits on how many pass in a second, by key, with a line before each. They last as long as the process. */
export class RateLimits {
  readonly #clock: Clock;
  readonly #byKey = new Map<string, Limit>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when it is one's turn. @throws ABORTED, UNSATISFIABLE_RESOURCES */
  async pass(key: string, perSecond: number, priority: number, signal?: AbortSignal): Promise<void> {
    if (!(perSecond > 0)) {
      const message = `the rate limit ${key} of ${perSecond} per second never lets anything through`;
      throw new HeddleError({ code: 'UNSATISFIABLE_RESOURCES', message, retryable: false });
    }
    const limit = this.#byKey.get(key) ?? { line: new WaitingLine(), state: rateUnused };
    this.#byKey.set(key, limit);
    const wakeUp = `heddle/rate/${key}`;
    const take = (): boolean => {
      const nowMs = this.#clock.now();
      const { admit, state, retryAfterMs } = rateAdmits(limit.state, perSecond, nowMs);
      limit.state = state;
      if (!admit) this.#clock.wakeAt(wakeUp, nowMs + retryAfterMs, () => limit.line.serve());
      return admit;
    };
    try {
      await limit.line.wait(priority, take, signal);
    } finally {
      if (limit.line.length === 0) this.#clock.wakeAt(wakeUp, null, () => undefined);
    }
  }
}
