/**
 * heddle/client: the engine of a service, over HTTP. It is the same interface as that of an engine in the process.
 *
 * ```ts
 * const engine = createClient({ url: 'https://heddle.example', token: process.env.HEDDLE_TOKEN });
 * const execution = await engine.start(program, { question: 'Who is Queequeg?' });
 * for await (const { progress } of execution.monitor()) console.log(progress.percentage);
 * ```
 */
import type { ClientOptions } from './api/client/http.ts';
import { HttpExecutionEngine } from './api/client/http-execution-engine.ts';

/** An engine whose executions run elsewhere. Runs in Node, in a page and in a Worker. */
export function createClient(options: ClientOptions): HttpExecutionEngine {
  return new HttpExecutionEngine(options);
}

export type { ClientOptions } from './api/client/http.ts';
export { HttpExecutionEngine } from './api/client/http-execution-engine.ts';
export { type ErrorCode, type ErrorData, HeddleError, isHeddleError } from './errors.ts';
export type { ExecutionEngine, ExecutionHandle } from './host/execution-engine.ts';
export type { ProgramSource } from './host/programs/program-source.ts';
export type { ExecutionEvent, ExecutionResult, ExecutionUpdate } from './host/view/execution-view.ts';
