import type { ErrorData } from '../../src/errors.ts';
import { hashRandom } from '../../src/policy/jitter.ts';
import type { CallObserver, ModuleCall, ModuleRunner, RunningCall } from '../../src/ports/module-runner.ts';
import type { Value } from '../../src/program/value.ts';
import type { Timeline } from './sim-clock.ts';

/** What a task is fated to do, whatever attempt number it happens to have: so many failures, then success. */
export interface Fate {
  readonly failures: readonly ('retryable' | 'fatal' | 'hang')[];
  readonly durationMs: number;
  /** How often it wants to be repeated. */
  readonly repeats: number;
}

/** Drawn from the seed and the task alone, so that crashes and retries do not change it. */
export function fateOf(seed: number, taskId: string): Fate {
  const draw = (what: number): number => hashRandom(seed, ...Array.from(taskId, (char) => char.charCodeAt(0)), what);
  const unlucky = draw(0) < 0.35;
  const count = unlucky ? 1 + Math.floor(draw(1) * 4) : 0;
  const kinds = ['retryable', 'retryable', 'fatal', 'hang'] as const;
  return {
    failures: Array.from(
      { length: count },
      (_, index) => kinds[Math.floor(draw(10 + index) * kinds.length)] ?? 'retryable',
    ),
    durationMs: Math.floor(draw(2) * 60),
    repeats: Math.floor(draw(3) * 4),
  };
}

/** What a successful call of `sim.work` answers: a function of the call's task, input and iteration, so that results can be compared. */
export function workOutput(seed: number, taskId: string, input: Value, iteration = 0): Value {
  return { of: taskId, seen: JSON.stringify(input).length, again: iteration < fateOf(seed, taskId).repeats };
}

/** `sim.pure` and `sim.batch` look at their input alone, and never fail. */
export function pureOutput(module: string, input: Value): Value {
  if (module === 'sim.batch') return (input as { batch: readonly Value[] }).batch.map((item) => ({ item }));
  return { pure: input };
}

export interface SimRunnerOptions {
  readonly seed: number;
  readonly slots: number;
  readonly timeline: Timeline;
  readonly alive: () => boolean;
  /** Failures of the task that the journal counts so far. */
  readonly failuresBefore: (call: ModuleCall) => number;
  readonly started: (call: ModuleCall) => void;
  readonly ended: (call: ModuleCall) => void;
  /** Whether an aborted module answers all the same, later. */
  readonly answersLate: () => boolean;
}

/** Modules as fate has it: calls take virtual time, fail, hang, and may answer after they were aborted. */
export class SimRunner implements ModuleRunner {
  readonly slots: number;
  readonly #options: SimRunnerOptions;

  constructor(options: SimRunnerOptions) {
    this.#options = options;
    this.slots = options.slots;
  }

  start(call: ModuleCall, observer: CallObserver): RunningCall {
    const { seed, timeline, alive, started, ended, failuresBefore, answersLate } = this.#options;
    // What a dead process still had in its queue starts nothing.
    if (!alive()) return { abort: () => undefined };
    started(call);
    const isPure = call.module !== 'sim.work';
    const fate = fateOf(seed, call.taskId);
    // What is not fated to hang ends well before its timeout, so that results do not depend on a race between the two.
    const durationMs = Math.min(fate.durationMs, (call.timeoutMs ?? Number.POSITIVE_INFINITY) - 15);
    const failure = isPure || isFallback(call) ? undefined : fate.failures[failuresBefore(call)];
    let open = true;
    const settle = (told: () => void): void => {
      if (!open || !alive()) return;
      open = false;
      ended(call);
      told();
    };
    const answer = (): void => {
      // Some tell what they used; whatever becomes of the attempt, it decides nothing.
      if (durationMs % 3 === 0) observer.used({ calls: 1, metrics: { attempt: call.attempt } });
      if (failure !== undefined) observer.failed(failureError(failure));
      else if (isPure) observer.succeeded(pureOutput(call.module, call.input));
      else observer.succeeded(workOutput(seed, call.taskId, call.input, call.iteration));
    };
    if (failure !== 'hang') {
      timeline.after(durationMs, () => settle(answer));
      for (let atMs = 10; atMs < durationMs; atMs += 10) {
        timeline.after(atMs, () => {
          if (open && alive()) observer.heartbeat();
        });
      }
    } else if (call.timeoutMs === undefined)
      timeline.after(fate.durationMs * 3, () => settle(() => observer.failed(failureError('retryable'))));
    return {
      abort: (reason: ErrorData) => {
        if (open) ended(call);
        if (!answersLate()) settle(() => observer.failed(reason));
      },
    };
  }

  async close(): Promise<void> {
    // Nothing of it outlives the world.
  }
}

export function isFallback({ input }: ModuleCall): boolean {
  return typeof input === 'object' && input !== null && 'fallback' in input;
}

function failureError(kind: 'retryable' | 'fatal' | 'hang'): ErrorData {
  return kind === 'fatal'
    ? { code: 'SIM_FATAL', message: 'fated to fail for good', retryable: false }
    : { code: 'SIM_FAILED', message: 'fated to fail' };
}
