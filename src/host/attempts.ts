import type { AbortAttempt, StartAttempt } from '../engine/command.ts';
import type { AttemptFailed, AttemptSucceeded, HeartbeatReceived } from '../engine/event.ts';
import type { ExecutionState } from '../engine/state.ts';
import { addUsage, type Usage, type UsageReported } from '../engine/usage.ts';
import { type ErrorData, toErrorData } from '../errors.ts';
import { isPromise, type MaybePromise } from '../ports/maybe-promise.ts';
import type { CallObserver, ModuleCall, ModuleRunner, RunningCall } from '../ports/module-runner.ts';
import type { Value, ValueRef } from '../program/value.ts';
import { checkBatchOutput } from './batches.ts';
import type { Children } from './children.ts';
import { estimateBytes } from './estimate-bytes.ts';
import { Heartbeat } from './heartbeat.ts';
import type { ResultCache } from './result-cache.ts';
import { keyOf, refOf, taskIdOf } from './task-names.ts';
import type { ModuleWork, Work } from './work.ts';

export interface AttemptsOptions {
  readonly state: ExecutionState;
  readonly runner: ModuleRunner;
  readonly children: Children;
  readonly cache: ResultCache;
  /** Evaluates what the attempt runs; failures become the attempt's. */
  readonly work: (command: StartAttempt) => MaybePromise<Work>;
  readonly store: (output: Value) => MaybePromise<ValueRef>;
  readonly now: () => number;
  /** Whether outputs are to be measured. */
  readonly measures: boolean;
  readonly answer: (event: AttemptSucceeded | AttemptFailed | HeartbeatReceived | UsageReported) => void;
  /** What a live attempt tells about itself; never journaled. */
  readonly note: (note: LiveNote) => void;
}

/** Something a running attempt said. It is shown and forgotten. */
export type LiveNote = { readonly taskId: string; readonly attempt: number } & (
  | { readonly kind: 'progress'; readonly fraction: number }
  | { readonly kind: 'output'; readonly chunk: Value }
  | { readonly kind: 'usage'; readonly usage: Usage }
  | { readonly kind: 'log'; readonly message: string; readonly context?: { readonly [key: string]: Value } }
);

interface Live {
  call: RunningCall | null;
  /** The machine gave the attempt up. A late success is still passed on, so that it is told; its failure is no news. */
  aborted: boolean;
  /** Settled, or let go: nothing more is passed on. */
  over: boolean;
  /** A sub-program goes on by itself when the host lets its parent go. */
  isChild: boolean;
  /** What it has told so far, and is not journaled yet. */
  usage: Usage | null;
}

/** The attempts of one execution that are under way: every one answers at most once. */
export class Attempts {
  readonly #options: AttemptsOptions;
  readonly #live = new Map<string, Live>();

  constructor(options: AttemptsOptions) {
    this.#options = options;
  }

  start(command: StartAttempt): void {
    const live: Live = { call: null, aborted: false, over: false, isChild: false, usage: null };
    this.#live.set(keyOf(command), live);
    const failed = (thrown: unknown) =>
      this.#fail(command, live, { ...toErrorData(thrown, 'BAD_EXPRESSION'), retryable: false });
    attempt(
      () => this.#options.work(command),
      (work) => this.#launch(command, live, work),
      failed,
    );
  }

  abort(command: AbortAttempt): void {
    const live = this.#live.get(keyOf(command));
    if (live === undefined) return;
    this.#live.delete(keyOf(command));
    this.#report(command, live);
    live.aborted = true;
    if (live.call === null) live.over = true;
    else live.call.abort(command.reason);
  }

  /** Stops everything without an answer: the host lets the execution go. */
  stop(reason: ErrorData): void {
    for (const live of this.#live.values()) {
      live.over = true;
      if (!live.isChild) live.call?.abort(reason);
    }
    this.#live.clear();
  }

  #launch(command: StartAttempt, live: Live, work: Work): void {
    const { children, runner, cache, state } = this.#options;
    if (live.over) return;
    if ('value' in work) return this.#succeed(command, live, work.value);
    const observer = this.#observer(command, live, work);
    if ('program' in work) {
      live.isChild = true;
      live.call = children.start(state, command, work, observer);
      return;
    }
    const call = this.#call(command, work);
    live.call =
      work.cache === undefined
        ? runner.start(call, observer)
        : cache.run(call, work.cache, observer, {
            start: (watched) => runner.start(call, watched),
            hit: (output) => this.#succeed(command, live, output, true),
          });
  }

  #call(command: StartAttempt, { module, input, runOn, timeoutMs }: ModuleWork): ModuleCall {
    const { executionId, generation, restores, traceparent } = this.#options.state;
    return {
      executionId,
      taskId: taskIdOf(command),
      attempt: command.attempt,
      generation,
      ...(command.iteration > 0 && { iteration: command.iteration }),
      module,
      input,
      ...(runOn !== undefined && { runOn }),
      ...(restores > 0 && { restores }),
      ...(traceparent !== undefined && { traceparent }),
      ...(timeoutMs !== undefined && { timeoutMs }),
    };
  }

  #observer(command: StartAttempt, live: Live, work: Exclude<Work, { readonly value: Value }>): CallObserver {
    const from = { taskId: taskIdOf(command), attempt: command.attempt };
    const { answer, now } = this.#options;
    const idleTimeoutMs = 'module' in work ? work.idleTimeoutMs : undefined;
    const heartbeat = new Heartbeat(idleTimeoutMs, now, () => answer({ type: 'HeartbeatReceived', ...refOf(command) }));
    const note = (said: LiveNote) => {
      if (live.over || live.aborted) return;
      heartbeat.beat();
      this.#options.note(said);
    };
    return {
      succeeded: (output) => {
        if ('module' in work && work.batch !== undefined) {
          try {
            checkBatchOutput(output, work.batch);
          } catch (thrown) {
            return this.#fail(command, live, toErrorData(thrown, 'BAD_OUTPUT'));
          }
        }
        this.#succeed(command, live, output);
      },
      failed: (error) => this.#fail(command, live, error),
      emitted: (chunk) => note({ ...from, kind: 'output', chunk }),
      progressed: (fraction) => note({ ...from, kind: 'progress', fraction }),
      logged: (message, context) => note({ ...from, kind: 'log', message, ...(context !== undefined && { context }) }),
      heartbeat: () => {
        if (!live.over && !live.aborted) heartbeat.beat();
      },
      used: (more) => {
        if (live.over || live.aborted) return;
        live.usage = live.usage === null ? more : addUsage(live.usage, more);
        note({ ...from, kind: 'usage', usage: live.usage });
      },
    };
  }

  #succeed(command: StartAttempt, live: Live, output: Value, cached = false): void {
    const stored = (ref: ValueRef) => {
      if (!this.#settle(command, live)) return;
      const bytes = this.#options.measures ? { bytes: estimateBytes(output) } : {};
      const event = { type: 'AttemptSucceeded', ...refOf(command), output: ref, ...bytes } as const;
      this.#options.answer(cached ? { ...event, cached } : event);
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
    this.#report(command, live);
    live.over = true;
    this.#live.delete(keyOf(command));
    return true;
  }

  /** What was used was used, however the attempt ends: it is recorded before its answer, and when it is given up. */
  #report(command: StartAttempt | AbortAttempt, live: Live): void {
    if (live.usage === null) return;
    this.#options.answer({ type: 'UsageReported', ...refOf(command), usage: live.usage });
    live.usage = null;
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
