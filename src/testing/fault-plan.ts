import { type ErrorData, HeddleError } from '../errors.ts';
import { relay } from '../host/run/relay.ts';
import { after, type MaybePromise } from '../ports/maybe-promise.ts';
import type { CallObserver, ModuleRunner, RunningCall } from '../ports/module-runner.ts';
import type { FakeClock } from './fake-clock.ts';
import type { Fault, FaultKind } from './fault.ts';
import { SeededRandom } from './seeded-random.ts';
import type { TestStores } from './test-stores.ts';

export interface FaultPlanOptions {
  /** Behind `probability` and drawn delays; default 1. */
  readonly seed?: number;
  /** Only for delays. */
  readonly clock?: FakeClock;
}

/**
 * Makes the k-th write, or writes and calls by chance, fail or come late. One plan counts through everything it wraps:
 * make a new one for each engine.
 */
export class FaultPlan {
  /** How often each kind was asked for. */
  readonly counts: Record<FaultKind, number> = { create: 0, claim: 0, commit: 0, artifact: 0, write: 0, call: 0 };
  readonly #faults: readonly Fault[];
  readonly #random: SeededRandom;
  readonly #clock: FakeClock | undefined;
  #dead = false;
  #struck = 0;

  constructor(faults: readonly Fault[] = [], { seed = 1, clock }: FaultPlanOptions = {}) {
    this.#faults = faults;
    this.#random = new SeededRandom(seed);
    this.#clock = clock;
  }

  /** How many faults happened. */
  get struck(): number {
    return this.#struck;
  }

  get dead(): boolean {
    return this.#dead;
  }

  /** From here on nothing is written and no call answers, as when the process is killed. */
  die(): void {
    this.#dead = true;
  }

  stores({ journal, artifacts, records }: TestStores): TestStores {
    return {
      records,
      artifacts: {
        put: (id, digest, bytes) => this.#write('artifact', () => artifacts.put(id, digest, bytes)),
        get: (id, digest) => artifacts.get(id, digest),
        list: (id) => artifacts.list(id),
      },
      journal: {
        inlineBytesMax: journal.inlineBytesMax,
        create: (header) => this.#write('create', () => journal.create(header)),
        claim: (id) => this.#write('claim', () => journal.claim(id)),
        commit: (commit) => this.#write('commit', () => journal.commit(commit)),
        header: (id) => journal.header(id),
        read: (id, afterSeq, limit) => journal.read(id, afterSeq, limit),
        latestCheckpoint: (id) => journal.latestCheckpoint(id),
        checkpoint: (id) => journal.checkpoint(id),
        checkpoints: (id) => journal.checkpoints(id),
        summary: (id) => journal.summary(id),
        list: (filter) => journal.list(filter),
        delete: (id) => (this.#dead ? undefined : journal.delete(id)),
      },
    };
  }

  runner(runner: ModuleRunner): ModuleRunner {
    return {
      slots: runner.slots,
      close: () => runner.close(),
      start: (call, observer) => {
        this.counts.call++;
        const fault = this.#faultAt(['call']);
        const guarded = this.#silencedByDeath(observer);
        if (fault === undefined) return runner.start(call, guarded);
        this.#struck++;
        const effect = fault.effect ?? 'fail';
        if (effect === 'die') this.die();
        if (typeof effect === 'object') return this.#late(effect.delayMs, () => runner.start(call, guarded), guarded);
        const error = fault.error ?? { code: 'MODULE_FAILED', message: 'a fault of the plan' };
        if (fault.when === 'after')
          return runner.start(call, { ...guarded, succeeded: () => guarded.failed(error), failed: guarded.failed });
        queueMicrotask(() => guarded.failed(error));
        return { abort: () => undefined };
      },
    };
  }

  #write<T>(kind: FaultKind, write: () => MaybePromise<T>): MaybePromise<T> {
    if (this.#dead) throw killed();
    this.counts[kind]++;
    this.counts.write++;
    const fault = this.#faultAt([kind, 'write']);
    if (fault === undefined) return write();
    this.#struck++;
    const effect = fault.effect ?? 'fail';
    if (typeof effect === 'object') return this.#lateWrite(effect.delayMs, write);
    const error = fault.error ?? {
      code: 'STORAGE_FAILED',
      message: `a fault of the plan: ${kind} ${this.counts[kind]}`,
    };
    if (fault.when !== 'after') {
      if (effect === 'die') this.die();
      throw new HeddleError(error);
    }
    return after(write(), () => {
      if (effect === 'die') this.die();
      throw new HeddleError(error);
    });
  }

  async #lateWrite<T>(delayMs: Delay, write: () => MaybePromise<T>): Promise<T> {
    await this.#sleep(delayMs);
    if (this.#dead) throw killed();
    return write();
  }

  #late(delayMs: Delay, start: () => RunningCall, observer: CallObserver): RunningCall {
    let aborted = false;
    let running: RunningCall | undefined;
    this.#sleep(delayMs).then(() => {
      if (!aborted && !this.#dead) running = start();
    });
    return {
      abort: (reason: ErrorData) => {
        if (running !== undefined) return running.abort(reason);
        if (!aborted) observer.failed(reason);
        aborted = true;
      },
    };
  }

  #silencedByDeath(observer: CallObserver): CallObserver {
    return relay(observer, {
      succeeded: (output) => (this.#dead ? undefined : observer.succeeded(output)),
      failed: (error) => (this.#dead ? undefined : observer.failed(error)),
    });
  }

  #faultAt(kinds: readonly FaultKind[]): Fault | undefined {
    return this.#faults.find(({ on, at, probability = 0 }) => {
      if (!kinds.includes(on)) return false;
      return at === undefined ? this.#random.chance(probability) : this.counts[on] === at;
    });
  }

  #sleep(delayMs: Delay): Promise<void> {
    if (this.#clock === undefined) {
      throw new HeddleError({ code: 'BAD_INPUT', message: 'a fault that delays needs the clock of the plan' });
    }
    const ms = typeof delayMs === 'number' ? delayMs : this.#random.int(delayMs[0], delayMs[1]);
    return this.#clock.sleep(ms);
  }
}

type Delay = number | readonly [from: number, to: number];

function killed(): HeddleError {
  return new HeddleError({ code: 'STORAGE_FAILED', message: 'this host was killed by the plan' });
}
