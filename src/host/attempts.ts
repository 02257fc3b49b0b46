import type { AbortAttempt, StartAttempt } from '../engine/command.ts';
import type { AttemptFailed, AttemptRef, AttemptSucceeded } from '../engine/event.ts';
import { type ErrorData, toErrorData } from '../errors.ts';
import { isPromise, type MaybePromise } from '../ports/maybe-promise.ts';
import type { CallObserver, ModuleRunner, RunningCall } from '../ports/module-runner.ts';
import type { Placement } from '../program/program.ts';
import type { Value, ValueRef } from '../program/value.ts';

/** What an attempt runs: a module on an input, or nothing but a value (a fallback value). */
export type Work =
  | { readonly module: string; readonly input: Value; readonly runOn?: Placement; readonly timeoutMs?: number }
  | { readonly value: Value };

export interface AttemptsOptions {
  readonly executionId: string;
  readonly runner: ModuleRunner;
  /** Evaluates what the attempt runs; failures become the attempt's. */
  readonly work: (command: StartAttempt) => MaybePromise<Work>;
  readonly store: (output: Value) => MaybePromise<ValueRef>;
  readonly generation: () => number;
  readonly answer: (event: AttemptSucceeded | AttemptFailed) => void;
  /** What a live attempt tells about itself; never journaled. */
  readonly note: (note: LiveNote) => void;
}

/** Something a running attempt said. It is shown and forgotten. */
export type LiveNote = { readonly taskId: string; readonly attempt: number } & (
  | { readonly kind: 'progress'; readonly fraction: number }
  | { readonly kind: 'output'; readonly chunk: Value }
  | { readonly kind: 'log'; readonly message: string; readonly context?: { readonly [key: string]: Value } }
);

interface Live {
  call: RunningCall | null;
  /** The machine gave the attempt up. A late success is still passed on, so that it is told; its failure is no news. */
  aborted: boolean;
  /** Settled, or let go: nothing more is passed on. */
  over: boolean;
}

/** The attempts of one execution that are under way on the runner: every one answers at most once. */
export class Attempts {
  readonly #options: AttemptsOptions;
  readonly #live = new Map<string, Live>();

  constructor(options: AttemptsOptions) {
    this.#options = options;
  }

  start(command: StartAttempt): void {
    const live: Live = { call: null, aborted: false, over: false };
    this.#live.set(keyOf(command), live);
    const launch = (work: Work): void => {
      if (live.over) return;
      if ('value' in work) this.#succeed(command, live, work.value);
      else live.call = this.#options.runner.start(this.#call(command, work), this.#observer(command, live));
    };
    const failed = (thrown: unknown) =>
      this.#fail(command, live, { ...toErrorData(thrown, 'BAD_EXPRESSION'), retryable: false });
    attempt(() => this.#options.work(command), launch, failed);
  }

  abort(command: AbortAttempt): void {
    const live = this.#live.get(keyOf(command));
    if (live === undefined) return;
    this.#live.delete(keyOf(command));
    live.aborted = true;
    if (live.call === null) live.over = true;
    else live.call.abort(command.reason);
  }

  /** Stops everything without an answer: the host lets the execution go. */
  stop(reason: ErrorData): void {
    for (const live of this.#live.values()) {
      live.over = true;
      live.call?.abort(reason);
    }
    this.#live.clear();
  }

  #call(command: StartAttempt, work: Extract<Work, { module: string }>) {
    const { executionId, generation } = this.#options;
    const { module, input, runOn, timeoutMs } = work;
    return {
      executionId,
      taskId: taskIdOf(command),
      attempt: command.attempt,
      generation: generation(),
      module,
      input,
      ...(runOn !== undefined && { runOn }),
      ...(timeoutMs !== undefined && { timeoutMs }),
    };
  }

  #observer(command: StartAttempt, live: Live): CallObserver {
    const from = { taskId: taskIdOf(command), attempt: command.attempt };
    const note = (said: LiveNote) => {
      if (!live.over && !live.aborted) this.#options.note(said);
    };
    return {
      succeeded: (output) => this.#succeed(command, live, output),
      failed: (error) => this.#fail(command, live, error),
      emitted: (chunk) => note({ ...from, kind: 'output', chunk }),
      progressed: (fraction) => note({ ...from, kind: 'progress', fraction }),
      logged: (message, context) => note({ ...from, kind: 'log', message, ...(context !== undefined && { context }) }),
      heartbeat: () => undefined,
    };
  }

  #succeed(command: StartAttempt, live: Live, output: Value): void {
    const stored = (ref: ValueRef) => {
      if (this.#settle(command, live))
        this.#options.answer({ type: 'AttemptSucceeded', ...refOf(command), output: ref });
    };
    attempt(
      () => this.#options.store(output),
      stored,
      (thrown) => this.#fail(command, live, toErrorData(thrown, 'BAD_OUTPUT')),
    );
  }

  #fail(command: StartAttempt, live: Live, error: ErrorData): void {
    if (!this.#settle(command, live) || live.aborted) return;
    const retryAfterMs = error.details?.retryAfterMs;
    this.#options.answer({
      type: 'AttemptFailed',
      ...refOf(command),
      error,
      ...(typeof retryAfterMs === 'number' && { retryAfterMs }),
    });
  }

  #settle(command: StartAttempt, live: Live): boolean {
    if (live.over) return false;
    live.over = true;
    this.#live.delete(keyOf(command));
    return true;
  }
}

/** Runs `ask`, now or later, and passes on what came of it. */
function attempt<T>(ask: () => MaybePromise<T>, then: (value: T) => void, failed: (thrown: unknown) => void): void {
  let answer: MaybePromise<T>;
  try {
    answer = ask();
  } catch (thrown) {
    failed(thrown);
    return;
  }
  if (isPromise(answer)) answer.then(then).catch(failed);
  else then(answer);
}

export function taskIdOf({ node, item }: { readonly node: string; readonly item?: number }): string {
  return item === undefined ? node : `${node}[${item}]`;
}

const keyOf = (ref: AttemptRef): string => `${ref.node}[${ref.item ?? ''}]#${ref.attempt}.${ref.epoch}`;

function refOf({ node, item, attempt: number, epoch }: AttemptRef): AttemptRef {
  return { node, ...(item !== undefined && { item }), attempt: number, epoch };
}
