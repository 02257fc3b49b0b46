import { type ErrorData, HeddleError, toErrorData } from '../../errors.ts';
import type { BreakerPolicy, BreakerState } from '../../policy/breaker.ts';
import type { Clock } from '../../ports/clock.ts';
import type { RecordStore } from '../../ports/record-store.ts';
import type { SharedLimits } from '../../ports/shared-limits.ts';
import type { ResourceUsage } from '../view/execution-view.ts';
import { Breakers } from './breakers.ts';
import { Bulkheads } from './bulkheads.ts';
import type { Gates } from './gates.ts';
import { RateLimits } from './rate-limits.ts';
import type { Resource } from './resource.ts';
import type { ResourceManager } from './resource-manager.ts';
import { gaveUp } from './waiting-line.ts';

export interface GatekeeperOptions {
  readonly records: RecordStore;
  readonly clock: Clock;
  /** Without it, whoever needs resources is refused. */
  readonly resources?: ResourceManager;
  /** Told of the key of a breaker when a call has opened it. */
  readonly breakerOpened?: (key: string) => void;
  /** Without it, bulkheads and rates are shared by the executions of this engine alone. */
  readonly limits?: SharedLimits;
}

/** How what was let in ended; `abandoned` says nothing about the service it called. */
export type Outcome = 'succeeded' | 'failed' | 'abandoned';

export type Admission =
  | {
      readonly granted: true;
      readonly resources: readonly Resource[];
      /**
       * To be called once, at the end; again does nothing. Everything held is free when it returns, before it resolves.
       * @returns what the resources were used for. @throws STORAGE_FAILED when the breaker could not be told
       */
      release(outcome: Outcome): Promise<readonly ResourceUsage[]>;
    }
  | { readonly granted: false; readonly refused: ErrorData };

/**
 * Lets tasks through their gates, for all executions of an engine. Bulkhead, rate limit and resources are waited for, in
 * this order and by priority; the breaker is asked last, just before, so that nobody is let in on an answer grown old.
 */
export class Gatekeeper {
  readonly breakers: Breakers;
  readonly bulkheads = new Bulkheads();
  readonly #limits: SharedLimits;
  readonly #resources: ResourceManager | undefined;
  #admissions = 0;

  constructor({ records, clock, resources, limits, breakerOpened }: GatekeeperOptions) {
    this.breakers = new Breakers(records, clock, breakerOpened);
    const rates = new RateLimits(clock);
    this.#limits = limits ?? {
      enter: (...gate) => this.bulkheads.enter(...gate),
      pass: (...gate) => rates.pass(...gate),
    };
    this.#resources = resources;
  }

  /**
   * Never rejects: BREAKER_OPEN (with `details.retryAfterMs`), ABORTED by the signal, UNSATISFIABLE_RESOURCES and
   * STORAGE_FAILED are refusals, after which nothing is held.
   * @param who names what is held on its behalf
   */
  async admit(gates: Gates, who: string, signal?: AbortSignal): Promise<Admission> {
    const held = new Held();
    try {
      const resources = await this.#wait(gates, who, held, signal);
      const trial = gates.breaker === undefined ? undefined : await this.#askBreaker(gates.breaker);
      const tell = async (outcome: Outcome): Promise<void> => {
        if (trial !== undefined && gates.breaker !== undefined) await this.breakers.told(gates.breaker, trial, outcome);
      };
      if (signal?.aborted) {
        await tell('abandoned');
        throw gaveUp();
      }
      return { granted: true, resources, release: once((outcome) => settle(held, () => tell(outcome))) };
    } catch (thrown) {
      held.release();
      return { granted: false, refused: toErrorData(thrown, 'STORAGE_FAILED') };
    }
  }

  async #wait(gates: Gates, who: string, held: Held, signal?: AbortSignal): Promise<readonly Resource[]> {
    const { bulkhead, rateLimit, priority } = gates;
    if (bulkhead !== undefined) {
      const leave = await this.#limits.enter(bulkhead.key, bulkhead.limit, priority, signal);
      held.add(() => {
        leave();
        return [];
      });
    }
    if (rateLimit !== undefined) await this.#limits.pass(rateLimit.key, rateLimit.perSecond, priority, signal);
    if (gates.resources === undefined || Object.keys(gates.resources).length === 0) return [];
    const manager = this.#resources ?? noResources();
    const requirements = Object.entries(gates.resources).map(([type, amount]) => ({ type, amount, priority }));
    const id = `${who}/${++this.#admissions}`;
    const resources = await manager.requestResources(requirements, { id, ...(signal !== undefined && { signal }) });
    held.add(() => manager.releaseResources(id));
    return resources;
  }

  async #askBreaker(policy: BreakerPolicy): Promise<BreakerState> {
    const { admit, state, retryAfterMs } = await this.breakers.admits(policy);
    if (admit) return state;
    throw new HeddleError({
      code: 'BREAKER_OPEN',
      message: `the circuit breaker ${policy.key} is ${state.phase === 'open' ? 'open' : 'half-open, with its trials under way'}`,
      hint: `worth trying again in ${retryAfterMs} ms`,
      retryable: true,
      details: { key: policy.key, retryAfterMs },
    });
  }
}

/** What one admission holds; released in reverse, once. */
class Held {
  #releases: (() => readonly ResourceUsage[])[] = [];

  add(release: () => readonly ResourceUsage[]): void {
    this.#releases.unshift(release);
  }

  release(): readonly ResourceUsage[] {
    const releases = this.#releases;
    this.#releases = [];
    return releases.flatMap((release) => release());
  }
}

async function settle(held: Held, tell: () => Promise<void>): Promise<readonly ResourceUsage[]> {
  const usage = held.release();
  await tell();
  return usage;
}

function once(
  act: (outcome: Outcome) => Promise<readonly ResourceUsage[]>,
): (outcome: Outcome) => Promise<readonly ResourceUsage[]> {
  let done = false;
  return async (outcome) => {
    if (done) return [];
    done = true;
    return act(outcome);
  };
}

/** @throws UNSATISFIABLE_RESOURCES */
export function noResources(): never {
  throw new HeddleError({
    code: 'UNSATISFIABLE_RESOURCES',
    message: 'resources are required, but this engine was given none to share',
    hint: 'give the engine capacities, or remove `resources`',
    retryable: false,
  });
}
