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

/** What a message says once for all its calls: cloning it costs more than running what is short. */
type Shared = Pick<ModuleCall, 'executionId' | 'generation'>;

/** What of a call most calls have not. */
type Rare = Omit<ModuleCall, keyof Shared | 'taskId' | 'attempt' | 'module' | 'input'>;

type PackedCall =
  | readonly [id: number, taskId: string, attempt: number, module: string, input: Value]
  | readonly [id: number, taskId: string, attempt: number, module: string, input: Value, rare: Rare];

/** Calls of one execution for a worker, which runs them one after another. */
export interface CallsMessage extends Shared {
  readonly calls: readonly PackedCall[];
}

export type WorkerAnswer = { readonly output: Value } | { readonly error: ErrorData };

/** Answers that came in one turn of the worker's loop, in the order of the calls, each with the ms it took. */
export interface AnswersMessage {
  readonly answers: readonly (
    | readonly [id: number, tookMs: number, output: Value]
    | readonly [id: number, tookMs: number, output: null, error: ErrorData]
  )[];
}

export function packCall(id: number, call: ModuleCall): PackedCall {
  const { executionId: _, generation: __, taskId, attempt, module, input, ...rare } = call;
  for (const __ in rare) return [id, taskId, attempt, module, input, rare];
  return [id, taskId, attempt, module, input];
}

/** Inputs are apart from one another, as if each call had a message to itself. */
export function unpackCalls({ executionId, generation, calls }: CallsMessage) {
  return calls.map(([id, taskId, attempt, module, input, rare]): readonly [id: number, call: ModuleCall] => [
    id,
    { executionId, generation, taskId, attempt, module, input: calls.length > 1 ? own(input) : input, ...rare },
  ]);
}

/** What calls of one message share is one object on this side too, and a module may change what it was given. */
function own(input: Value): Value {
  if (typeof input !== 'object' || input === null) return input;
  if (Array.isArray(input) || ArrayBuffer.isView(input)) return structuredClone(input);
  const parts: readonly unknown[] = Object.values(input);
  const isFlat = parts.every((part) => typeof part !== 'object' || part === null);
  return isFlat ? { ...(input as { readonly [key: string]: Value }) } : structuredClone(input);
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
