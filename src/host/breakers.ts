import {
  type BreakerAnswer,
  type BreakerPolicy,
  type BreakerState,
  breakerAbandoned,
  breakerAdmits,
  breakerClosed,
  breakerTold,
} from '../policy/breaker.ts';
import type { Clock } from '../ports/clock.ts';
import type { RecordStore } from '../ports/record-store.ts';
import { decode, encode } from '../program/canonical.ts';
import type { Value } from '../program/value.ts';

const scope = 'breaker';

/** Circuit breakers by key, kept as records: shared by all who share the store, and alive after a restart. */
export class Breakers {
  readonly #records: RecordStore;
  readonly #clock: Clock;

  constructor(records: RecordStore, clock: Clock) {
    this.#records = records;
    this.#clock = clock;
  }

  admits(policy: BreakerPolicy): Promise<BreakerAnswer> {
    return this.#change(policy.key, (state) => breakerAdmits(state, policy, this.#clock.now()));
  }

  /** @param admitted the state its admission led to */
  async told(
    policy: BreakerPolicy,
    admitted: BreakerState,
    outcome: 'succeeded' | 'failed' | 'abandoned',
  ): Promise<void> {
    if (outcome === 'abandoned' && admitted.phase !== 'halfOpen') return;
    await this.#change(policy.key, (state) => ({
      state:
        outcome === 'abandoned'
          ? breakerAbandoned(state, admitted)
          : breakerTold(state, policy, outcome, this.#clock.now()),
    }));
  }

  async state(key: string): Promise<BreakerState> {
    return (await this.#read(key)).state;
  }

  /** Compare and set: who was too late decides again on what is there then. */
  async #change<T extends { readonly state: BreakerState }>(
    key: string,
    decide: (state: BreakerState) => T,
  ): Promise<T> {
    for (;;) {
      const { state, version } = await this.#read(key);
      const decided = decide(state);
      if (decided.state === state) return decided;
      const bytes = encode(decided.state as unknown as Value);
      if (await this.#records.put({ scope, key, bytes }, version)) return decided;
    }
  }

  async #read(key: string): Promise<{ readonly state: BreakerState; readonly version: number | null }> {
    const stored = await this.#records.get(scope, key);
    if (stored === undefined) return { state: breakerClosed, version: null };
    return { state: decode(stored.bytes) as unknown as BreakerState, version: stored.version };
  }
}
