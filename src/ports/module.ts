import type { Usage } from '../engine/usage.ts';
import type { JsonSchema } from '../program/program.ts';
import type { Value } from '../program/value.ts';

/**
 * A module: a named, versioned unit of work. Its code is registered on a host and never sent over a wire; a program
 * names it. Its function may be called more than once for the same task (attempts are at-least-once), so an effect on
 * the outside world should carry `ctx.idempotencyKey`.
 */
export interface Module<Input = Value, Output = Value> {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly input?: Schema<Input>;
  readonly output?: Schema<Output>;
  /** Where its attempts run best: `cpu` wants a worker thread, `io` (the default) the engine's own. */
  readonly kind?: 'cpu' | 'io';
  /** What it can do beyond its plain work, by any name: `streaming`, `tools`, `vision`. Asked for by `getCapabilities`. */
  readonly capabilities?: readonly string[];
  run(input: Input, ctx: ModuleContext): Output | Promise<Output>;
}

/** Anything with the Standard Schema interface (standardschema.dev), or a JSON Schema object. */
export type Schema<T> = StandardSchema<T> | JsonSchema;

/** The part of Standard Schema v1 that Heddle uses. */
export interface StandardSchema<T> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    validate(value: unknown): StandardResult<T> | Promise<StandardResult<T>>;
    readonly types?: { readonly input: unknown; readonly output: T } | undefined;
  };
}
export type StandardResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | {
      readonly issues: readonly {
        readonly message: string;
        readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
      }[];
    };

/**
 * What a module is given beside its input. It may be taken apart (`run(input, { emit, signal })`) and passed on, but not spread: its members come
 * into being when they are asked for.
 */
export interface ModuleContext {
  /** Aborted on cancel and on timeout; a module that ignores it is abandoned, and on a worker thread killed. */
  readonly signal: AbortSignal;
  /** 1 for the first try. */
  readonly attempt: number;
  /** Same for every attempt of the same task: SHA-256 of execution, task and generation, hex. */
  readonly idempotencyKey: string;
  readonly executionId: string;
  /** `retrieve`, or `score[12]` for the item 12 of a forEach node. */
  readonly taskId: string;
  /**
   * The `traceparent` header (W3C Trace Context) by which what the module calls continues the span of this attempt in the
   * trace of the execution.
   */
  readonly traceparent: string;
  /** Publishes a partial output (TASK_OUTPUT). */
  emit(chunk: Value): void;
  /** Publishes how far the task is, 0 to 1 (TASK_PROGRESS). */
  progress(fraction: number): void;
  log(message: string, context?: { readonly [key: string]: Value }): void;
  /** The secret of that name from the host's vault; throws NOT_FOUND when there is none. */
  secret(name: string): string;
  /** Tells that the module is alive, against `idleTimeoutMs`. */
  heartbeat(): void;
  /**
   * Tells what the module used (TASK_USAGE), as often as it likes: counts and costs add up, of resources the peak counts. It is in
   * the result, the history and the metrics, also when the attempt fails. Throws BAD_INPUT for what is no number from 0 on.
   */
  usage(usage: ModuleUsage): void;
  /** A metric of the module's own; what is told under one name adds up. */
  metric(name: string, value: number): void;
}

/** What a module tells of its usage. A cost of null is one that is not known. */
export interface ModuleUsage extends Omit<Usage, 'costUsd' | 'metrics'> {
  readonly costUsd?: number | null;
}

/** What a module can do, in the order it says. */
export function getCapabilities({ capabilities = [] }: Pick<Module, 'capabilities'>): readonly string[] {
  return capabilities;
}

export function supportsFeature(module: Pick<Module, 'capabilities'>, feature: string): boolean {
  return getCapabilities(module).includes(feature);
}

/** Declares a module; only gives types to what it is handed. */
export function defineModule<Input, Output>(module: Module<Input, Output>): Module<Input, Output> {
  return module;
}
