import type { Usage } from '../engine/usage.ts';
import type { ErrorData } from '../errors.ts';
import type { Placement } from '../program/program.ts';
import type { Value } from '../program/value.ts';

/** One attempt to be run: everything a runner on another thread or machine needs, all of it cloneable. */
export interface ModuleCall {
  readonly executionId: string;
  readonly taskId: string;
  readonly attempt: number;
  /** Raised by a fork or restore; part of the idempotency key. */
  readonly generation: number;
  /** Counts from 0 under `repeat`; part of the idempotency key. */
  readonly iteration?: number;
  /** `name@version`, resolved by the registry. */
  readonly module: string;
  readonly input: Value;
  readonly runOn?: Placement;
  /** How often the execution had been set back to a checkpoint; names the attempt in its trace. */
  readonly restores?: number;
  /** W3C header of whoever asked for the execution. */
  readonly traceparent?: string;
  /** The machine's own deadline; a runner may use it to kill what does not stop. */
  readonly timeoutMs?: number;
}

/** What a runner tells about a call. Exactly one of `succeeded` and `failed` is called, exactly once, whatever happens. */
export interface CallObserver {
  succeeded(output: Value): void;
  failed(error: ErrorData): void;
  emitted(chunk: Value): void;
  progressed(fraction: number): void;
  logged(message: string, context?: { readonly [key: string]: Value }): void;
  heartbeat(): void;
  used(usage: Usage): void;
}

export interface RunningCall {
  /** Asks the module to stop; the call then settles (usually with ABORTED) within the runner's grace, killed if need be. */
  abort(reason: ErrorData): void;
}

/**
 * Runs attempts. test/contract/module-runner.contract.ts is the specification: every call settles once; a thrown
 * non-Error, an uncloneable output and a runaway loop are failures of the call, never of the runner.
 */
export interface ModuleRunner {
  /** How many calls it takes at once; an engine never starts more for an execution, unless {@link slotsFor} says so. */
  readonly slots: number;
  /**
   * How many calls it takes at once where all are of these modules (as programs name them): a runner may take more of modules that
   * it knows to be short. Never fewer than `slots`, which it is when this is absent.
   */
  slotsFor?(modules: readonly string[]): number;
  start(call: ModuleCall, observer: CallObserver): RunningCall;
  close(): Promise<void>;
}
