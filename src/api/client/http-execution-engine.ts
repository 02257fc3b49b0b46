import { HeddleError } from '../../errors.ts';
import type { Bottleneck } from '../../history/bottlenecks.ts';
import type { ExecutionRecord } from '../../history/execution-record.ts';
import type { Profile } from '../../history/profile.ts';
import type {
  CancelOptions,
  ChangeOptions,
  ExecutionEngine,
  ExecutionHandle,
  ExportOptions,
  ForkOptions,
  StartOptions,
} from '../../host/execution-engine.ts';
import type { Resource } from '../../host/gates/resource.ts';
import type { ProgramSource } from '../../host/programs/program-source.ts';
import type { ExecutionCheckpoint } from '../../host/view/checkpoint-view.ts';
import type { ExecutionEventCallback, ExecutionResult, ExecutionUpdate } from '../../host/view/execution-view.ts';
import type { Optimization, OptimizeOptions } from '../../host/view/optimization.ts';
import type { ProgramStatus } from '../../host/view/program-status.ts';
import type { BlockedTask } from '../../observe/blocked.ts';
import type { TracesData } from '../../observe/otlp.ts';
import type { ExecutionStatus } from '../../observe/status.ts';
import type { ExecutionSummary, ListFilter } from '../../ports/journal-store.ts';
import { asData, notOverHttp, pathOf, programPath, startOptions } from './call-parts.ts';
import { type ClientOptions, Http } from './http.ts';
import { RemoteExecution } from './remote-execution.ts';
import { type ListedExecution, readCheckpoint, readSummary, type StatusAnswer, type Wire } from './views.ts';

const pageMax = 1000;

/**
 * The engine of a service, over HTTP. Everything but functions and reservations goes over the wire: recovery strategies are
 * code and resources are held by a process, so both are UNSUPPORTED here. `getStatus` and `getResult` tell what was heard last.
 */
export class HttpExecutionEngine implements ExecutionEngine {
  readonly #http: Http;
  readonly #executions = new Map<string, RemoteExecution>();
  readonly #subscriptions = new Map<ExecutionEventCallback, Map<string, AsyncIterator<ExecutionUpdate>>>();

  constructor(options: ClientOptions) {
    this.#http = new Http(options);
  }

  async execute(plan: ProgramSource, inputs?: unknown, options?: StartOptions): Promise<ExecutionResult> {
    return (await this.start(plan, inputs, options)).result();
  }

  start(plan: ProgramSource, inputs: unknown = {}, options?: StartOptions): Promise<ExecutionHandle> {
    return this.#begun('/v1/executions', { program: asData(plan), inputs, options: startOptions(options) });
  }

  async open(executionId: string): Promise<ExecutionHandle> {
    return this.#known(await this.#http.json<StatusAnswer>('GET', pathOf(executionId)));
  }

  /** The service drives what is unfinished by itself; this opens it here. */
  async recover(): Promise<readonly ExecutionHandle[]> {
    const unfinished = await this.list({ status: ['PENDING', 'RUNNING', 'PAUSED'], limit: pageMax });
    return unfinished.map((summary) => this.#known(summary));
  }

  pause(executionId: string): Promise<void> {
    return this.#of(executionId).pause();
  }

  resume(executionId: string): Promise<void> {
    return this.#of(executionId).resume();
  }

  cancel(executionId: string, reason?: string, options?: CancelOptions): Promise<void> {
    return this.#of(executionId).cancel(reason, options);
  }

  signal(executionId: string, event: string, payload?: unknown): Promise<void> {
    return this.#of(executionId).signal(event, payload);
  }

  fork(executionId: string, { from, inputs, executionId: id }: ForkOptions): Promise<ExecutionHandle> {
    if (id !== undefined) throw notOverHttp('an id of your own', 'the service gives a fork its id');
    return this.#begun(`${pathOf(executionId)}/fork`, { from, inputs });
  }

  change(executionId: string, plan: ProgramSource, { executionId: id }: ChangeOptions = {}): Promise<ExecutionHandle> {
    if (id !== undefined) throw notOverHttp('an id of your own', 'the service gives a new execution its id');
    return this.#begun(`${pathOf(executionId)}/change`, { program: asData(plan) });
  }

  /** As of the last answer about it. @throws NOT_FOUND when it was neither started nor opened here */
  getStatus(executionId: string): ExecutionStatus {
    return this.#opened(executionId).status;
  }

  /** Once its `result()` has resolved here. */
  getResult(executionId: string): ExecutionResult | undefined {
    return this.#opened(executionId).finishedResult;
  }

  monitor(executionId: string, after?: number): AsyncIterable<ExecutionUpdate> {
    return this.#of(executionId).monitor(after);
  }

  subscribe(executionId: string, callback: ExecutionEventCallback): void {
    const followed = this.#subscriptions.get(callback) ?? new Map<string, AsyncIterator<ExecutionUpdate>>();
    if (followed.has(executionId)) return;
    const updates = this.#of(executionId).monitor();
    this.#subscriptions.set(callback, followed.set(executionId, updates));
    const follow = async () => {
      for await (const update of updates) if (followed.has(executionId)) callback(update);
    };
    // result() tells why a stream has ended before the execution.
    follow().catch(() => followed.delete(executionId));
  }

  unsubscribe(executionId: string, callback: ExecutionEventCallback): void {
    const followed = this.#subscriptions.get(callback);
    void followed?.get(executionId)?.return?.();
    followed?.delete(executionId);
  }

  async createCheckpoint(executionId: string): Promise<ExecutionCheckpoint> {
    return readCheckpoint(await this.#http.json('POST', `${pathOf(executionId)}/checkpoints`));
  }

  async restoreFromCheckpoint(checkpointId: string): Promise<void> {
    this.#known(await this.#http.json('POST', `/v1/checkpoints/${encodeURIComponent(checkpointId)}/restore`));
  }

  async listCheckpoints(executionId: string): Promise<readonly ExecutionCheckpoint[]> {
    const path = `${pathOf(executionId)}/checkpoints`;
    const { items } = await this.#http.json<{ items: readonly Wire<ExecutionCheckpoint>[] }>('GET', path);
    return items.map(readCheckpoint);
  }

  addRecoveryStrategy(): void {
    throw notOverHttp('a recovery strategy', 'it is code: add it where the engine runs');
  }

  removeRecoveryStrategy(): void {
    throw notOverHttp('a recovery strategy', 'it is code: remove it where the engine runs');
  }

  async allocateResources(): Promise<Resource[]> {
    throw notOverHttp('a reservation', 'nobody would give it back if this process died: give nodes `resources`');
  }

  async releaseResources(): Promise<void> {
    throw notOverHttp('a reservation', 'nodes give back what they hold by themselves');
  }

  async executeProgram(programId: string, inputs: unknown = {}, options?: StartOptions): Promise<ExecutionResult> {
    const body = { inputs, options: startOptions(options) };
    return (await this.#begun(`${programPath(programId)}/executions`, body)).result();
  }

  getExecutionStatus(programId: string): Promise<ProgramStatus> {
    return this.#http.json('GET', `${programPath(programId)}/status`);
  }

  async history(programName: string): Promise<readonly ExecutionRecord[]> {
    return (await this.#http.json<{ items: ExecutionRecord[] }>('GET', `${programPath(programName)}/history`)).items;
  }

  profile(programName: string): Promise<Profile> {
    return this.#http.json('GET', `${programPath(programName)}/profile`);
  }

  async bottlenecks(programName: string): Promise<readonly Bottleneck[]> {
    return (await this.#http.json<{ items: Bottleneck[] }>('GET', `${programPath(programName)}/bottlenecks`)).items;
  }

  optimizeProgram(programName: string, options: OptimizeOptions = {}): Promise<Optimization> {
    return this.#http.json('POST', `${programPath(programName)}/optimize`, { body: options });
  }

  async revertOptimization(programName: string): Promise<boolean> {
    const { reverted } = await this.#http.json<{ reverted: boolean }>('POST', `${programPath(programName)}/revert`);
    return reverted;
  }

  async export(executionId: string, { move, settleMs }: ExportOptions = {}): Promise<Uint8Array> {
    const answer = await this.#http.answer('GET', `${pathOf(executionId)}/export`, { query: { move, settleMs } });
    return new Uint8Array(await answer.arrayBuffer());
  }

  import(bundle: Uint8Array): Promise<ExecutionHandle> {
    return this.#begun('/v1/executions:import', bundle);
  }

  async list({ programName, status, limit = 100, before }: ListFilter = {}): Promise<readonly ExecutionSummary[]> {
    const query = { program: programName, status: status?.join(','), limit, cursor: before };
    const { items } = await this.#http.json<{ items: readonly ListedExecution[] }>('GET', '/v1/executions', { query });
    return items.map(readSummary);
  }

  async delete(executionId: string): Promise<void> {
    await this.#http.answer('DELETE', pathOf(executionId));
    this.#executions.delete(executionId);
  }

  trace(executionId: string): Promise<TracesData> {
    return this.#http.json('GET', `${pathOf(executionId)}/trace`);
  }

  /** Those of the service. */
  async metrics(): Promise<string> {
    return (await this.#http.answer('GET', '/metrics')).text();
  }

  async blocked(executionId: string): Promise<readonly BlockedTask[]> {
    return (await this.#http.json<{ items: BlockedTask[] }>('GET', `${pathOf(executionId)}/blocked`)).items;
  }

  async sweep(): Promise<never> {
    throw notOverHttp('a sweep', 'the service erases what its retention policy does not keep');
  }

  /** Ends what is under way here; the service goes on. */
  async close(): Promise<void> {
    this.#http.close();
  }

  async #begun(path: string, body: unknown): Promise<ExecutionHandle> {
    return this.#known(await this.#http.json<StatusAnswer>('POST', path, { body }));
  }

  #known({ executionId, status }: StatusAnswer): RemoteExecution {
    const execution = this.#executions.get(executionId) ?? new RemoteExecution(this.#http, { executionId, status });
    execution.heard(status);
    this.#executions.set(executionId, execution);
    return execution;
  }

  #opened(executionId: string): RemoteExecution {
    const execution = this.#executions.get(executionId);
    if (execution !== undefined) return execution;
    throw new HeddleError({
      code: 'NOT_FOUND',
      message: `execution ${executionId} was not opened`,
      hint: 'open it first',
    });
  }

  /** What is asked of an execution needs no opening before. */
  #of(executionId: string): RemoteExecution {
    return this.#executions.get(executionId) ?? new RemoteExecution(this.#http, { executionId, status: 'PENDING' });
  }
}
