import { type ErrorData, HeddleError, toErrorData } from '../../errors.ts';
import type { AnyModule, ModuleRegistry } from '../../host/registry.ts';
import { LazyAbort } from '../../host/run/lazy-abort.ts';
import { type Outcome, runModule } from '../../host/run/run-module.ts';
import type { SecretVault } from '../../host/run/secrecy.ts';
import { isPromise, type MaybePromise } from '../../ports/maybe-promise.ts';
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
  readonly #live = new LiveCalls();
  /** Calls whose modules answered at once: they are told together, and not before `start` has returned. */
  #answered: InlineCall[] = [];
  readonly #tellAll = () => this.#tell();

  constructor(options: InlineRunnerOptions) {
    this.#options = options;
    this.slots = options.slots ?? inlineSlotsDefault;
  }

  start(call: ModuleCall, observer: CallObserver): RunningCall {
    const running = new InlineCall(observer, this.#live);
    const outcome = this.#run(call, observer, running.wanted);
    if (isPromise(outcome)) outcome.then((late) => running.settle(late));
    else {
      running.outcome = outcome;
      if (this.#answered.push(running) === 1) queueMicrotask(this.#tellAll);
    }
    return running;
  }

  async close(): Promise<void> {
    for (let call = this.#live.takeFirst(); call !== null; call = this.#live.takeFirst())
      call.wanted.abort(new HeddleError({ code: 'ABORTED', message: 'the runner was closed' }));
  }

  #tell(): void {
    const answered = this.#answered;
    this.#answered = [];
    for (let at = 0; at < answered.length; at++) {
      const call = answered[at] as InlineCall;
      try {
        if (call.outcome !== null) call.settle(call.outcome);
      } catch (thrown) {
        // What one observer throws must not keep the others waiting.
        queueMicrotask(() => {
          throw thrown;
        });
      }
    }
  }

  /** Never throws or rejects. */
  #run(call: ModuleCall, observer: CallObserver, wanted: LazyAbort): MaybePromise<Outcome> {
    const { modules, secrets } = this.#options;
    let module: AnyModule;
    try {
      module = modules.get(call.module);
    } catch (thrown) {
      return { error: toErrorData(thrown, 'MODULE_FAILED') };
    }
    if (module.kind !== 'cpu') return runModule(module, call, observer, wanted, secrets);
    return eventLoopTurn().then(() => runModule(module, call, observer, wanted, secrets));
  }
}

/** A call under way; a member of the list of those that are. */
class InlineCall implements RunningCall {
  readonly wanted = new LazyAbort();
  /** Of a module that answered at once. */
  outcome: Outcome | null = null;
  before: InlineCall | null = null;
  after: InlineCall | null = null;
  readonly #live: LiveCalls;
  /** Null once nothing is told any more. */
  #observer: CallObserver | null;

  constructor(observer: CallObserver, live: LiveCalls) {
    this.#observer = observer;
    this.#live = live;
    live.add(this);
  }

  settle(outcome: Outcome): void {
    const observer = this.#observer;
    if (observer === null) return;
    this.#live.delete(this);
    if ('output' in outcome) observer.succeeded(outcome.output);
    else observer.failed(outcome.error);
  }

  abort(reason: ErrorData): void {
    this.wanted.abort(new HeddleError(reason));
    this.settle({ error: reason });
  }

  /** Lets go of everything it refers to. */
  end(): void {
    this.before = null;
    this.after = null;
    this.#observer = null;
  }
}

/**
 * Calls under way. A list, because a Set as old as the engine leaves tables behind that hold what was in it, executions and all, until
 * the next full collection.
 */
class LiveCalls {
  #first: InlineCall | null = null;

  add(call: InlineCall): void {
    call.after = this.#first;
    if (this.#first !== null) this.#first.before = call;
    this.#first = call;
  }

  delete(call: InlineCall): void {
    const { before, after } = call;
    if (before === null) this.#first = after;
    else before.after = after;
    if (after !== null) after.before = before;
    call.end();
  }

  takeFirst(): InlineCall | null {
    const first = this.#first;
    if (first !== null) this.delete(first);
    return first;
  }
}

function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
