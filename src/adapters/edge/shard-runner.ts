import type { Usage } from '../../engine/usage.ts';
import { type ErrorData, HeddleError, toErrorData } from '../../errors.ts';
import type { ModuleRegistry } from '../../host/registry.ts';
import type { SecretVault } from '../../host/run/secrecy.ts';
import type { CallObserver, ModuleCall, ModuleRunner, RunningCall } from '../../ports/module-runner.ts';
import type { Value } from '../../program/value.ts';
import { InlineRunner, inlineSlotsDefault } from '../memory/inline-runner.ts';

/** How a call ended on a shard, and how many others the shard has. */
export type ShardAnswer = { readonly load: number } & ({ readonly output: Value } | { readonly error: ErrorData });

export type Said =
  | { readonly kind: 'output'; readonly chunk: Value }
  | { readonly kind: 'progress'; readonly fraction: number }
  | { readonly kind: 'usage'; readonly usage: Usage }
  | { readonly kind: 'log'; readonly message: string; readonly context?: { readonly [key: string]: Value } }
  | { readonly kind: 'heartbeat' };

/** A runner object, seen from here; a Durable Object stub fits. */
export interface Shard {
  run(call: ModuleCall, hear: (said: Said) => unknown): Promise<ShardAnswer>;
  abort(call: string): Promise<void>;
}

export interface ShardRunnerOptions {
  readonly modules: ModuleRegistry;
  /** How many runner objects there are; all executions of a tenant share them. */
  readonly shards: number;
  /** A new stub each time: one that has failed stays broken. */
  readonly shard: (index: number) => Shard;
  /** Where to look first among shards of the same load, so that not every execution begins with the same one. */
  readonly first?: number;
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
  readonly #queued = new Map<string, CallObserver>();
  #live = 0;

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
  settle(call: string, answer: ShardAnswer): void {
    const observer = this.#queued.get(call);
    this.#queued.delete(call);
    if (observer !== undefined) pass(answer, observer);
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
    const index = this.#leastLoaded();
    this.#own[index] = (this.#own[index] ?? 0) + 1;
    let open = true;
    const settle = (told: () => void): void => {
      if (!open) return;
      open = false;
      this.#own[index] = (this.#own[index] ?? 0) - 1;
      told();
    };
    this.#options
      .shard(index)
      .run(call, (said) => {
        if (open) say(said, observer);
      })
      .then(
        (answer) => {
          settle(() => pass(answer, observer));
          this.#others[index] = Math.max(0, answer.load - (this.#own[index] ?? 0));
        },
        (thrown) => settle(() => observer.failed(lost(thrown))),
      );
    return {
      abort: (reason) => {
        // Settled here at once; the shard is told, and what it still answers is not heard.
        settle(() => observer.failed(reason));
        this.#options
          .shard(index)
          .abort(callKey(call))
          .catch(() => undefined);
      },
    };
  }

  #leastLoaded(): number {
    const { shards, first = 0 } = this.#options;
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

export function callKey({ executionId, taskId, attempt, generation }: ModuleCall): string {
  return JSON.stringify([executionId, taskId, attempt, generation]);
}

function say(said: Said, observer: CallObserver): void {
  if (said.kind === 'output') observer.emitted(said.chunk);
  else if (said.kind === 'progress') observer.progressed(said.fraction);
  else if (said.kind === 'log') observer.logged(said.message, said.context);
  else if (said.kind === 'usage') observer.used(said.usage);
  else observer.heartbeat();
}

function pass(answer: ShardAnswer, observer: CallObserver): void {
  if ('output' in answer) observer.succeeded(answer.output);
  else observer.failed(answer.error);
}

function lost(thrown: unknown): ErrorData {
  const { message } = toErrorData(thrown, 'RUNNER_LOST');
  return new HeddleError({
    code: 'RUNNER_LOST',
    message: `the object that ran the attempt was lost: ${message}`,
    retryable: true,
  }).toJSON();
}
