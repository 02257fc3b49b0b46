import type { HeddleError } from '../../errors.ts';
import type { DefaultExecutionEngine } from '../../host/default-execution-engine.ts';
import type { MaybePromise } from '../../ports/maybe-promise.ts';
import type { RecordStore } from '../../ports/record-store.ts';

/** The API of one execution, as its object is asked. */
export interface ExecutionApi {
  readonly serve: (engine: DefaultExecutionEngine, of: ServedObject) => ExecutionApp;
  /** Whether a request may make an execution where there is none. */
  readonly begins: (request: Request) => boolean;
  /** The answer where nothing serves. */
  readonly refuse: (request: Request, error: HeddleError) => MaybePromise<Response>;
}

export interface ServedObject {
  /** Of the tenant. */
  readonly records: RecordStore;
  /** The part of the object's context that keeps WebSockets. */
  readonly sockets: unknown;
}

export interface ExecutionApp {
  fetch(request: Request): MaybePromise<Response>;
  /** The object has woken: what was open goes on. */
  wake(): Promise<void>;
  /** The tenant has alert rules, which the executions that begin may be watched by. */
  alerted(): Promise<void>;
}
