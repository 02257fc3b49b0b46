import { type ErrorData, HeddleError, toErrorData } from '../../errors.ts';
import type { ModuleRegistry } from '../../host/registry.ts';
import { LazyAbort } from '../../host/run/lazy-abort.ts';
import { runModule } from '../../host/run/run-module.ts';
import type { SecretVault } from '../../host/run/secrecy.ts';
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
  readonly #aborts = new Set<LazyAbort>();

  constructor(options: InlineRunnerOptions) {
    this.#options = options;
    this.slots = options.slots ?? inlineSlotsDefault;
  }

  start(call: ModuleCall, observer: CallObserver): RunningCall {
    const abort = new LazyAbort();
    this.#aborts.add(abort);
    this.#run(call, observer, abort).then(
      (outcome) => {
        if (!this.#aborts.delete(abort)) return;
        if ('output' in outcome) observer.succeeded(outcome.output);
        else observer.failed(outcome.error);
      },
      (thrown) => {
        if (this.#aborts.delete(abort)) observer.failed(toErrorData(thrown, 'MODULE_FAILED'));
      },
    );
    return {
      abort: (reason: ErrorData) => {
        abort.abort(new HeddleError(reason));
        if (this.#aborts.delete(abort)) observer.failed(reason);
      },
    };
  }

  async close(): Promise<void> {
    for (const abort of this.#aborts)
      abort.abort(new HeddleError({ code: 'ABORTED', message: 'the runner was closed' }));
    this.#aborts.clear();
  }

  #run(call: ModuleCall, observer: CallObserver, abort: LazyAbort): ReturnType<typeof runModule> {
    const { modules, secrets } = this.#options;
    try {
      const module = modules.get(call.module);
      if (module.kind !== 'cpu') return runModule(module, call, observer, abort, secrets);
      return eventLoopTurn().then(() => runModule(module, call, observer, abort, secrets));
    } catch (thrown) {
      return Promise.reject(thrown);
    }
  }
}

function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
