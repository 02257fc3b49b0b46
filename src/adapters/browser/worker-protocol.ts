import type { Usage } from '../../engine/usage.ts';
import type { ErrorData } from '../../errors.ts';
import type { ModuleCall } from '../../ports/module-runner.ts';
import type { Value } from '../../program/value.ts';

/** What a worker offers the pool through comlink: what is asked seldom. Calls and answers are messages of their own. */
export interface ModuleWorker {
  /** Tells a call to stop; one that has not begun never will. @returns whether it has not, in which case it has no answer */
  abort(id: number, reason: ErrorData): boolean;
  /** Gives back every call that has not begun. @returns their ids */
  recall(): readonly number[];
}

/** Calls for a worker, which runs them one after another. */
export interface CallsMessage {
  readonly calls: readonly (readonly [id: number, call: ModuleCall])[];
}

export type WorkerAnswer = { readonly output: Value } | { readonly error: ErrorData };

/** Answers that came in one turn of the worker's loop, in the order of the calls, each with the ms it took. */
export interface AnswersMessage {
  readonly answers: readonly (readonly [id: number, answer: WorkerAnswer, tookMs: number])[];
}

/**
 * What the call that is running says. Messages of one channel keep their order, so what a module says is heard before its answer;
 * a comlink callback would have a channel of its own.
 */
export interface SaidMessage {
  readonly id: number;
  readonly said: Said;
}

/** What a module says while it runs. */
export type Said =
  | { readonly kind: 'output'; readonly chunk: Value }
  | { readonly kind: 'progress'; readonly fraction: number }
  | { readonly kind: 'log'; readonly message: string; readonly context?: { readonly [key: string]: Value } }
  | { readonly kind: 'usage'; readonly usage: Usage }
  | { readonly kind: 'heartbeat' }
  /** The worker is about to end itself, which the browser tells nobody. */
  | { readonly kind: 'closing' };

/** Said by no call: the worker has none just now. */
export const noCall = 0;
