import type { Usage } from '../../engine/usage.ts';
import type { ErrorData } from '../../errors.ts';
import type { ModuleCall } from '../../ports/module-runner.ts';
import type { Value } from '../../program/value.ts';

/** What a worker offers the pool, through comlink. */
export interface ModuleWorker {
  /** Runs a call to its end. Never rejects by itself: the failure is the answer. */
  run(call: ModuleCall): Promise<WorkerAnswer>;
  /** Tells the call that is running to stop. */
  abort(reason: ErrorData): void;
}

export type WorkerAnswer = { readonly output: Value } | { readonly error: ErrorData };

/**
 * A message beside comlink's own, on the same channel: messages of one channel keep their order, so what a module says is heard
 * before its answer. A comlink callback would have a channel of its own.
 */
export interface SaidMessage {
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
