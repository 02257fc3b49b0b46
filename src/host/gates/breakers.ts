import {
  type BreakerAnswer,
  type BreakerPolicy,
  type BreakerState,
  breakerAbandoned,
  breakerAdmits,
  breakerClosed,
  breakerTold,
} from '../../policy/breaker.ts';
import type { Clock } from '../../ports/clock.ts';
import type { RecordStore } from '../../ports/record-store.ts';
import { decode, encode } from '../../program/canonical.ts';
import type { Value } from '../../program/value.ts';

const scope = 'breaker';

/** Circuit breakers by key, kept as records: shared by all who share the store, and alive after a restart. */
export class Breakers {
  readonly #records: RecordStore;
  readonly #clock: Clock;
  readonly #opened: (key: string) => void;

  /** @param opened told when a call that was told here has opened the breaker of that key */
  constructor(records: RecordStore, clock: Clock, opened: (key: string) => void = () => undefined) {
    this.#records = records;
    this.#clock = clock;
    this.#opened = opened;
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
    const { state, before } = await this.#change(policy.key, (before) => ({
      before,
      state:
        outcome === 'abandoned'
          ? breakerAbandoned(before, admitted)
          : breakerTold(before, policy, outcome, this.#clock.now()),
    }));
    if (state.phase === 'open' && before.phase !== 'open') this.#opened(policy.key);
  }

  /** Keys of those that refuse calls, at most 100. */
  async open(): Promise<readonly string[]> {
    const states = (await this.#records.list(scope)).map(({ key, bytes }) => [key, decode(bytes)] as const);
    return states.flatMap(([key, state]) => ((state as unknown as BreakerState).phase === 'open' ? [key] : []));
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
