import { type ErrorData, HeddleError, toErrorData } from '../../errors.ts';
import type { ModuleRegistry } from '../../host/registry.ts';
import { runModule, type SecretVault } from '../../host/run-module.ts';
import type { CallObserver, ModuleCall, ModuleRunner, RunningCall } from '../../ports/module-runner.ts';

export interface InlineRunnerOptions {
  readonly modules: ModuleRegistry;
  /** Attempts at once, default 64: I/O overlaps, CPU-bound modules still take turns on the one thread. */
  readonly slots?: number;
  readonly secrets?: SecretVault;
}

export const inlineSlotsDefault = 64;

/**
 * Runs modules on the engine's own thread. A module that never yields blocks the engine, so before each CPU-bound one the
 * event loop gets a turn. An aborted module is told through its signal and no longer waited for.
 */
export class InlineRunner implements ModuleRunner {
  readonly slots: number;
  readonly #options: InlineRunnerOptions;
  readonly #aborts = new Set<AbortController>();

  constructor(options: InlineRunnerOptions) {
    this.#options = options;
    this.slots = options.slots ?? inlineSlotsDefault;
  }

  start(call: ModuleCall, observer: CallObserver): RunningCall {
    const abort = new AbortController();
    this.#aborts.add(abort);
    const settle = (told: () => void): void => {
      if (this.#aborts.delete(abort)) told();
    };
    this.#run(call, observer, abort.signal).then(
      (outcome) =>
        settle(() => ('output' in outcome ? observer.succeeded(outcome.output) : observer.failed(outcome.error))),
      (thrown) => settle(() => observer.failed(toErrorData(thrown, 'MODULE_FAILED'))),
    );
    return {
      abort: (reason: ErrorData) => {
        abort.abort(new HeddleError(reason));
        settle(() => observer.failed(reason));
      },
    };
  }

  async close(): Promise<void> {
    for (const abort of this.#aborts)
      abort.abort(new HeddleError({ code: 'ABORTED', message: 'the runner was closed' }));
    this.#aborts.clear();
  }

  async #run(call: ModuleCall, observer: CallObserver, signal: AbortSignal) {
    const module = this.#options.modules.get(call.module);
    if (module.kind === 'cpu') await eventLoopTurn();
    return runModule(module, call, observer, signal, this.#options.secrets);
  }
}

function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
