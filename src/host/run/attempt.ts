import type { StartAttempt } from '../../engine/command.ts';
import type { AttemptFailed, AttemptSucceeded, HeartbeatReceived } from '../../engine/event.ts';
import { addUsage, type Usage, type UsageReported } from '../../engine/usage.ts';
import { type ErrorData, toErrorData } from '../../errors.ts';
import { isPromise, type MaybePromise } from '../../ports/maybe-promise.ts';
import type { CallObserver, RunningCall } from '../../ports/module-runner.ts';
import type { Value, ValueRef } from '../../program/value.ts';
import { refOf, taskIdOf } from '../task-names.ts';
import { checkBatchOutput } from '../values/batches.ts';
import { estimateBytes } from '../values/estimate-bytes.ts';
import type { ModuleWork, ProgramWork } from '../values/work.ts';
import type { LiveNote } from '../view/live-note.ts';
import { Heartbeat } from './heartbeat.ts';

export interface AttemptOptions {
  readonly store: (output: Value) => MaybePromise<ValueRef>;
  readonly now: () => number;
  /** Whether outputs are to be measured. */
  readonly measures: boolean;
  readonly answer: (event: AttemptSucceeded | AttemptFailed | HeartbeatReceived | UsageReported) => void;
  /** What a live attempt tells about itself; never journaled. */
  readonly note: (note: LiveNote) => void;
}

/** An attempt under way: hears what its runner tells, and answers at most once. */
export class Attempt implements CallObserver {
  readonly taskId: string;
  readonly command: StartAttempt;
  call: RunningCall | null = null;
  /** The machine gave the attempt up. A late success is still passed on, so that it is told; its failure is no news. */
  aborted = false;
  /** Settled, or let go: nothing more is passed on. */
  over = false;
  /** A sub-program goes on by itself when the host lets its parent go. */
  isChild = false;
  readonly #options: AttemptOptions;
  readonly #settled: (attempt: Attempt) => void;
  /** Items its input holds, where they come in batches. */
  #batch: number | undefined;
  #heartbeat: Heartbeat | null = null;
  /** What it has told so far, and is not journaled yet. */
  #usage: Usage | null = null;

  /** @param settled called once, before it answers */
  constructor(command: StartAttempt, options: AttemptOptions, settled: (attempt: Attempt) => void) {
    this.taskId = taskIdOf(command);
    this.command = command;
    this.#options = options;
    this.#settled = settled;
  }

  /** What it runs is known. */
  runs(work: ModuleWork | ProgramWork): void {
    if (!('module' in work)) return;
    this.#batch = work.batch;
    if (work.idleTimeoutMs === undefined) return;
    const { now, answer } = this.#options;
    this.#heartbeat = new Heartbeat(work.idleTimeoutMs, now, () =>
      answer({ type: 'HeartbeatReceived', ...refOf(this.command) }),
    );
  }

  succeeded(output: Value): void {
    if (this.#batch !== undefined) {
      try {
        checkBatchOutput(output, this.#batch);
      } catch (thrown) {
        return this.failed(toErrorData(thrown, 'BAD_OUTPUT'));
      }
    }
    this.succeed(output);
  }

  /** @param cached the output is that of an equal call */
  succeed(output: Value, cached = false): void {
    let stored: MaybePromise<ValueRef>;
    try {
      stored = this.#options.store(output);
    } catch (thrown) {
      return this.failed(toErrorData(thrown, 'BAD_OUTPUT'));
    }
    if (!isPromise(stored)) return this.#stored(output, stored, cached);
    stored
      .then((ref) => this.#stored(output, ref, cached))
      .catch((thrown) => this.failed(toErrorData(thrown, 'BAD_OUTPUT')));
  }

  #stored(output: Value, ref: ValueRef, cached: boolean): void {
    if (!this.#settle()) return;
    const { node, item, undo, attempt, epoch } = this.command;
    const { answer, measures } = this.#options;
    // Most tasks are whole nodes, and every attempt comes by here.
    if (item === undefined && !undo && !measures && !cached)
      return answer({ type: 'AttemptSucceeded', node, attempt, epoch, output: ref });
    const bytes = measures ? { bytes: estimateBytes(output) } : {};
    answer({ ...refOf(this.command), type: 'AttemptSucceeded', output: ref, ...bytes, ...(cached && { cached }) });
  }

  failed(error: ErrorData): void {
    if (!this.#settle() || this.aborted) return;
    const retryAfterMs = error.details?.retryAfterMs;
    this.#options.answer({
      type: 'AttemptFailed',
      ...refOf(this.command),
      error,
      ...(typeof retryAfterMs === 'number' && { retryAfterMs }),
    });
  }

  emitted(chunk: Value): void {
    this.#note({ ...this.#from(), kind: 'output', chunk });
  }

  progressed(fraction: number): void {
    this.#note({ ...this.#from(), kind: 'progress', fraction });
  }

  logged(message: string, context?: { readonly [key: string]: Value }): void {
    this.#note({ ...this.#from(), kind: 'log', message, ...(context !== undefined && { context }) });
  }

  heartbeat(): void {
    if (this.#isLive()) this.#heartbeat?.beat();
  }

  used(more: Usage): void {
    if (!this.#isLive()) return;
    this.#usage = this.#usage === null ? more : addUsage(this.#usage, more);
    this.#note({ ...this.#from(), kind: 'usage', usage: this.#usage });
  }

  /** What was used was used, however the attempt ends: it is recorded before its answer, and when it is given up. */
  report(): void {
    const usage = this.#usage;
    if (usage === null) return;
    this.#options.answer({ type: 'UsageReported', ...refOf(this.command), usage });
    this.#usage = null;
  }

  #note(note: LiveNote): void {
    if (!this.#isLive()) return;
    this.#heartbeat?.beat();
    this.#options.note(note);
  }

  #isLive(): boolean {
    return !this.over && !this.aborted;
  }

  #from() {
    return { taskId: this.taskId, attempt: this.command.attempt };
  }

  #settle(): boolean {
    if (this.over) return false;
    this.report();
    this.over = true;
    this.#settled(this);
    return true;
  }
}
