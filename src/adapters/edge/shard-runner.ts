import { type ErrorData, HeddleError, toErrorData } from '../../errors.ts';
import type { ModuleRegistry } from '../../host/registry.ts';
import type { SecretVault } from '../../host/run/secrecy.ts';
import type { CallObserver, ModuleCall, ModuleRunner, RunningCall } from '../../ports/module-runner.ts';
import { InlineRunner, inlineSlotsDefault } from '../memory/inline-runner.ts';
import { type CallAnswer, callKey, passAnswer, passSaid, type Shard } from './shard-protocol.ts';

export interface ShardRunnerOptions {
  readonly modules: ModuleRegistry;
  /** How many runner objects there are; all executions of a tenant share them. */
  readonly shards: number;
  /** A new stub each time: one that has failed stays broken. */
  readonly shard: (index: number) => Shard;
  /** Where to look first among shards of the same load, so that not every execution begins with the same one. */
  readonly first?: () => number;
  /** Hands a call to the queue; what comes of it is told to `settle`. Absent: such calls go to shards. */
  readonly queue?: (call: ModuleCall) => Promise<void>;
  readonly secrets?: SecretVault;
  readonly slots?: number;
}

/**
 * Calls of other objects do not count as connections, of which an object has six at once; what a module opens beyond them
 * waits its turn. Many at once share a commit: every call that leaves the object waits until what was written before is on the disk.
 */
export const slotsPerObject = inlineSlotsDefault;

/** So long an answer waits for others that are under way: less than a commit of its own would hold up what follows. */
const gatherMs = 1;

interface SentCall {
  readonly call: ModuleCall;
  readonly observer: CallObserver;
  readonly shard: number;
  /** Neither answered nor given up. */
  isOpen: boolean;
  /** Its shard knows of it. */
  travels: boolean;
}

/**
 * Runs CPU-bound modules on other objects, each with a thread of its own, what is to be queued over the queue, and the rest
 * inline. A shard that dies under a call fails the attempt with RUNNER_LOST, which is retried like any failure.
 */
export class ShardRunner implements ModuleRunner {
  readonly slots: number;
  readonly #options: ShardRunnerOptions;
  readonly #inline: InlineRunner;
  /** Calls of ours on each shard, and those of others when it last answered: the next goes where the least are. */
  readonly #own: number[];
  readonly #others: number[];
  /** By shard: calls of this turn, which leave at its end. */
  readonly #leaving = new Map<number, SentCall[]>();
  /** Answers to be told. */
  readonly #answered: (() => void)[] = [];
  #gathering: ReturnType<typeof setTimeout> | undefined;
  readonly #queued = new Map<string, CallObserver>();
  #live = 0;
  #first: number | null = null;

  constructor(options: ShardRunnerOptions) {
    this.#options = options;
    this.slots = options.slots ?? slotsPerObject;
    const { modules, shards, secrets } = options;
    this.#inline = new InlineRunner({ modules, ...(secrets !== undefined && { secrets }) });
    this.#own = new Array<number>(shards).fill(0);
    this.#others = new Array<number>(shards).fill(0);
  }

  /** Calls that have not settled. */
  get live(): number {
    return this.#live;
  }

  start(call: ModuleCall, observer: CallObserver): RunningCall {
    this.#live++;
    const settles = (): void => void this.#live--;
    const counted: CallObserver = {
      emitted: (chunk) => observer.emitted(chunk),
      progressed: (fraction) => observer.progressed(fraction),
      logged: (message, context) => observer.logged(message, context),
      heartbeat: () => observer.heartbeat(),
      used: (usage) => observer.used(usage),
      succeeded: (output) => {
        settles();
        observer.succeeded(output);
      },
      failed: (error) => {
        settles();
        observer.failed(error);
      },
    };
    const { queue } = this.#options;
    if (call.runOn === 'queue' && queue !== undefined) return this.#enqueue(call, counted, queue);
    return this.#goesToShard(call) ? this.#onShard(call, counted) : this.#inline.start(call, counted);
  }

  /** What came of a queued call; told twice, or after the call was given up, it is not heard. */
  settle(call: string, answer: CallAnswer): void {
    const observer = this.#queued.get(call);
    this.#queued.delete(call);
    if (observer !== undefined) passAnswer(answer, observer);
  }

  async close(): Promise<void> {
    await this.#inline.close();
  }

  #enqueue(call: ModuleCall, observer: CallObserver, queue: (call: ModuleCall) => Promise<void>): RunningCall {
    const key = callKey(call);
    this.#queued.set(key, observer);
    const fail = (error: ErrorData): void => {
      if (this.#queued.delete(key)) observer.failed(error);
    };
    queue(call).catch((thrown) => fail(lost(thrown)));
    return { abort: fail };
  }

  #onShard(call: ModuleCall, observer: CallObserver): RunningCall {
    const shard = this.#leastLoaded();
    this.#own[shard] = (this.#own[shard] ?? 0) + 1;
    const sent: SentCall = { call, observer, shard, isOpen: true, travels: false };
    const batch = this.#leaving.get(shard);
    if (batch === undefined) {
      this.#leaving.set(shard, [sent]);
      queueMicrotask(() => this.#send(shard));
    } else batch.push(sent);
    return {
      abort: (reason) => {
        if (!this.#close(sent)) return;
        observer.failed(reason);
        // Settled here at once; the shard is told, and what it still answers is not heard.
        if (!sent.travels) return;
        this.#options
          .shard(shard)
          .abort(callKey(call))
          .catch(() => undefined);
      },
    };
  }

  /** All that has begun in one turn and goes to the same shard. */
  #send(shard: number): void {
    const batch = (this.#leaving.get(shard) ?? []).filter(({ isOpen }) => isOpen);
    this.#leaving.delete(shard);
    if (batch.length === 0) return;
    for (const sent of batch) sent.travels = true;
    const calls = batch.map(({ call }) => call);
    this.#options
      .shard(shard)
      .run(calls, (told) => {
        for (const { call, said } of told) {
          const sent = batch[call];
          if (sent === undefined || !sent.isOpen) continue;
          if (said.kind === 'ended') this.#arrived(sent, said.answer);
          else passSaid(said, sent.observer);
        }
      })
      .then(
        ({ answers, load }) => {
          batch.forEach((sent, index) => {
            this.#arrived(sent, answers[index] ?? { error: lost('it did not answer') });
          });
          this.#others[shard] = Math.max(0, load - (this.#own[shard] ?? 0));
        },
        (thrown) => {
          for (const sent of batch) this.#arrived(sent, { error: lost(thrown) });
        },
      );
  }

  /** Answers of several shards that come close together are told in one turn, which is one commit. */
  #arrived(sent: SentCall, answer: CallAnswer): void {
    if (!this.#close(sent)) return;
    this.#answered.push(() => passAnswer(answer, sent.observer));
    if (this.#own.every((calls) => calls === 0)) this.#tellAnswers();
    else if (this.#answered.length === 1) this.#gathering = setTimeout(() => this.#tellAnswers(), gatherMs);
  }

  #tellAnswers(): void {
    clearTimeout(this.#gathering);
    for (const tell of this.#answered.splice(0)) tell();
  }

  #close(sent: SentCall): boolean {
    if (!sent.isOpen) return false;
    sent.isOpen = false;
    this.#own[sent.shard] = (this.#own[sent.shard] ?? 0) - 1;
    return true;
  }

  #leastLoaded(): number {
    const { shards } = this.#options;
    this.#first ??= this.#options.first?.() ?? 0;
    const first = this.#first;
    let best = first % shards;
    for (let step = 1; step < shards; step++) {
      const index = (first + step) % shards;
      if (this.#loadOf(index) < this.#loadOf(best)) best = index;
    }
    return best;
  }

  #loadOf(index: number): number {
    return (this.#own[index] ?? 0) + (this.#others[index] ?? 0);
  }

  #goesToShard({ module, runOn }: ModuleCall): boolean {
    if (runOn !== undefined) return runOn !== 'inline';
    return this.#options.modules.has(module) && this.#options.modules.get(module).kind === 'cpu';
  }
}

function lost(thrown: unknown): ErrorData {
  const { message } = toErrorData(thrown, 'RUNNER_LOST');
  return new HeddleError({
    code: 'RUNNER_LOST',
    message: `the object that ran the attempt was lost: ${message}`,
    retryable: true,
  }).toJSON();
}
