import type { Usage } from '../../engine/usage.ts';
import type { ErrorData } from '../../errors.ts';
import type { CallObserver, ModuleCall } from '../../ports/module-runner.ts';
import type { Value } from '../../program/value.ts';
import type { Identity } from './identity.ts';

/** How a call ended. */
export type CallAnswer = { readonly output: Value } | { readonly error: ErrorData };

/** What a call says while it runs; that it has ended is said ahead only while others of its batch still run. */
export type Said =
  | { readonly kind: 'output'; readonly chunk: Value }
  | { readonly kind: 'progress'; readonly fraction: number }
  | { readonly kind: 'usage'; readonly usage: Usage }
  | { readonly kind: 'log'; readonly message: string; readonly context?: { readonly [key: string]: Value } }
  | { readonly kind: 'heartbeat' }
  | { readonly kind: 'ended'; readonly answer: CallAnswer };

/** Of the call at that place of the batch. */
export interface Told {
  readonly call: number;
  readonly said: Said;
}

/** By their places; what was said ahead is said again, and heard once. */
export interface BatchAnswer {
  readonly answers: readonly CallAnswer[];
  /** Calls the shard has besides: running and waiting. */
  readonly load: number;
}

/** A runner object, seen from an execution. Calls that begin together travel together. */
export interface Shard {
  run(calls: readonly ModuleCall[], hear: (told: readonly Told[]) => unknown): Promise<BatchAnswer>;
  abort(call: string): Promise<void>;
}

export function callKey({ executionId, taskId, attempt, generation }: ModuleCall): string {
  return `${attempt}.${generation}.${executionId.length}.${executionId}${taskId}`;
}

/** Tells an observer how its call ended. */
export function passAnswer(answer: CallAnswer, observer: CallObserver): void {
  if ('output' in answer) observer.succeeded(answer.output);
  else observer.failed(answer.error);
}

/** Tells an observer what its call says. */
export function passSaid(said: Said, observer: CallObserver): void {
  if (said.kind === 'output') observer.emitted(said.chunk);
  else if (said.kind === 'progress') observer.progressed(said.fraction);
  else if (said.kind === 'log') observer.logged(said.message, said.context);
  else if (said.kind === 'usage') observer.used(said.usage);
  else if (said.kind === 'heartbeat') observer.heartbeat();
  else passAnswer(said.answer, observer);
}

/** Who hears what the calls of a message say while they run: the object of an execution, by the name of the message. */
export interface Listener extends Identity {
  readonly batch: string;
}
