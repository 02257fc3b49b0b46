import { type ErrorData, HeddleError, toErrorData } from '../../errors.ts';
import type { ModuleRegistry } from '../../host/registry.ts';
import type { CallObserver, ModuleCall, ModuleRunner, RunningCall } from '../../ports/module-runner.ts';
import type { Value } from '../../program/value.ts';
import { InlineRunner, inlineSlotsDefault } from '../memory/inline-runner.ts';

/** How a call ended on a shard, and what it said on the way. */
export type ShardAnswer = { readonly said: readonly Said[] } & (
  | { readonly output: Value }
  | { readonly error: ErrorData }
);

export type Said =
  | { readonly kind: 'output'; readonly chunk: Value }
  | { readonly kind: 'progress'; readonly fraction: number }
  | { readonly kind: 'log'; readonly message: string; readonly context?: { readonly [key: string]: Value } };

/** A runner object, seen from here; a Durable Object stub fits. */
export interface Shard {
  run(call: ModuleCall): Promise<ShardAnswer>;
  abort(call: string): Promise<void>;
}

export interface ShardRunnerOptions {
  readonly modules: ModuleRegistry;
  readonly shards: number;
  /** A new stub each time: one that has failed stays broken. */
  readonly shard: (index: number) => Shard;
}

/**
 * Runs CPU-bound modules on other objects, each with a thread of its own, and the rest inline. A shard that dies under a
 * call fails the attempt with RUNNER_LOST, which is retried like any failure.
 */
export class ShardRunner implements ModuleRunner {
  /**
   * Calls of other objects do not count as connections, of which an object has six at once; what a module opens beyond them waits its turn.
   * Many at once share a commit: every call that leaves the object waits until what was written before it is on the disk.
   */
  readonly slots = inlineSlotsDefault;
  readonly #options: ShardRunnerOptions;
  readonly #inline: InlineRunner;
  /** Calls under way on each shard: the next goes where the least are. */
  readonly #load: number[];

  constructor(options: ShardRunnerOptions) {
    this.#options = options;
    this.#inline = new InlineRunner({ modules: options.modules });
    this.#load = new Array<number>(options.shards).fill(0);
  }

  start(call: ModuleCall, observer: CallObserver): RunningCall {
    if (!this.#goesToShard(call)) return this.#inline.start(call, observer);
    const index = this.#load.indexOf(Math.min(...this.#load));
    this.#load[index] = (this.#load[index] ?? 0) + 1;
    let open = true;
    const settle = (told: () => void): void => {
      if (!open) return;
      open = false;
      this.#load[index] = (this.#load[index] ?? 0) - 1;
      told();
    };
    this.#options
      .shard(index)
      .run(call)
      .then(
        (answer) => settle(() => pass(answer, observer)),
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

  async close(): Promise<void> {
    await this.#inline.close();
  }

  #goesToShard({ module, runOn }: ModuleCall): boolean {
    if (runOn !== undefined) return runOn === 'shard' || runOn === 'worker';
    return this.#options.modules.has(module) && this.#options.modules.get(module).kind === 'cpu';
  }
}

export function callKey({ executionId, taskId, attempt, generation }: ModuleCall): string {
  return JSON.stringify([executionId, taskId, attempt, generation]);
}

function pass(answer: ShardAnswer, observer: CallObserver): void {
  for (const said of answer.said) {
    if (said.kind === 'output') observer.emitted(said.chunk);
    else if (said.kind === 'progress') observer.progressed(said.fraction);
    else observer.logged(said.message, said.context);
  }
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
