import type { AbortAttempt, StartAttempt } from '../../engine/command.ts';
import type { ExecutionState } from '../../engine/state.ts';
import { type ErrorData, toErrorData } from '../../errors.ts';
import { isPromise, type MaybePromise } from '../../ports/maybe-promise.ts';
import type { ModuleCall, ModuleRunner } from '../../ports/module-runner.ts';
import { taskIdOf } from '../task-names.ts';
import type { ModuleWork, Work } from '../values/work.ts';
import { Attempt, type AttemptOptions } from './attempt.ts';
import type { Children } from './children.ts';
import type { ResultCache } from './result-cache.ts';

export interface AttemptsOptions extends AttemptOptions {
  readonly state: ExecutionState;
  readonly runner: ModuleRunner;
  readonly children: Children;
  readonly cache: ResultCache;
  /** Evaluates what the attempt runs; failures become the attempt's. */
  readonly work: (command: StartAttempt) => MaybePromise<Work>;
}

/** The attempts of one execution that are under way. */
export class Attempts {
  readonly #options: AttemptsOptions;
  /** By task: attempts of one never run side by side. */
  readonly #live = new Map<string, Attempt>();
  readonly #settled = (attempt: Attempt): void => {
    if (this.#live.get(attempt.taskId) === attempt) this.#live.delete(attempt.taskId);
  };

  constructor(options: AttemptsOptions) {
    this.#options = options;
  }

  start(command: StartAttempt): void {
    const attempt = new Attempt(command, this.#options, this.#settled);
    this.#live.set(attempt.taskId, attempt);
    let work: MaybePromise<Work>;
    try {
      work = this.#options.work(command);
    } catch (thrown) {
      return misread(attempt, thrown);
    }
    if (isPromise(work)) work.then((known) => this.#launch(attempt, known)).catch((thrown) => misread(attempt, thrown));
    else this.#launch(attempt, work);
  }

  abort(command: AbortAttempt): void {
    const taskId = taskIdOf(command);
    const attempt = this.#live.get(taskId);
    if (attempt?.command.attempt !== command.attempt || attempt.command.epoch !== command.epoch) return;
    this.#live.delete(taskId);
    attempt.report();
    attempt.aborted = true;
    if (attempt.call === null) attempt.over = true;
    else attempt.call.abort(command.reason);
  }

  /** Stops everything without an answer: the host lets the execution go. */
  stop(reason: ErrorData): void {
    for (const attempt of this.#live.values()) {
      attempt.over = true;
      if (!attempt.isChild) attempt.call?.abort(reason);
    }
    this.#live.clear();
  }

  #launch(attempt: Attempt, work: Work): void {
    const { children, runner, cache, state } = this.#options;
    if (attempt.over) return;
    if ('value' in work) return attempt.succeed(work.value);
    attempt.runs(work);
    if ('program' in work) {
      attempt.isChild = true;
      attempt.call = children.start(state, attempt.command, work, attempt);
      return;
    }
    const call = this.#call(attempt, work);
    attempt.call =
      work.cache === undefined
        ? runner.start(call, attempt)
        : cache.run(call, work.cache, attempt, {
            start: (watched) => runner.start(call, watched),
            hit: (output) => attempt.succeed(output, true),
          });
  }

  #call({ taskId, command }: Attempt, { module, input, runOn, timeoutMs }: ModuleWork): ModuleCall {
    const { executionId, generation, restores, traceparent } = this.#options.state;
    const { attempt, iteration } = command;
    const plain = { executionId, taskId, attempt, generation, module, input };
    // Every attempt comes by here, and most have nothing of the rest.
    if (iteration === 0 && restores === 0 && runOn === undefined && timeoutMs === undefined)
      return traceparent === undefined ? plain : { ...plain, traceparent };
    return {
      ...plain,
      ...(iteration > 0 && { iteration }),
      ...(runOn !== undefined && { runOn }),
      ...(restores > 0 && { restores }),
      ...(traceparent !== undefined && { traceparent }),
      ...(timeoutMs !== undefined && { timeoutMs }),
    };
  }
}

/** What it was to run cannot be told. */
function misread(attempt: Attempt, thrown: unknown): void {
  attempt.failed({ ...toErrorData(thrown, 'BAD_EXPRESSION'), retryable: false });
}
