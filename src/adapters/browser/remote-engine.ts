import { HeddleError } from '../../errors.ts';
import type { ExecutionHandle, StartOptions } from '../../host/execution-engine.ts';
import type { ProgramSource } from '../../host/programs/program-source.ts';
import { Recent } from '../../host/recent.ts';
import type { RecoveryContext, RecoveryResult, RecoveryStrategy } from '../../host/recover/recovery-strategy.ts';
import { notFound } from '../../host/refusals.ts';
import type { ExecutionEventCallback, ExecutionResult } from '../../host/view/execution-view.ts';
import type { MachineReport } from '../../host/watch/machine-monitor.ts';
import type { ResourcePrices } from '../../observe/resource-usage.ts';
import { type ExecutionStatus, isTerminal } from '../../observe/status.ts';
import type { LogLine, LogSink } from '../../ports/log.ts';
import { limits } from '../../program/limits.ts';
import type { BrowserExecutionEngine, OpenedEngine } from './browser-engine.ts';
import { withDeadline } from './deadline.ts';
import type { EngineOpened, Standing } from './engine-protocol.ts';
import { type Answers, Line } from './line.ts';
import type { Role } from './presence.ts';
import { RemoteExecution, type RemoteUpdates } from './remote-execution.ts';
import { StorageHealth, type StorageListener, type StorageStatus } from './storage-health.ts';

export interface RemoteEngineOptions {
  readonly port: MessagePort;
  readonly prices: ResourcePrices;
  readonly log?: LogSink | undefined;
  readonly storageChanged?: StorageListener | undefined;
  readonly resumed?: ((handle: ExecutionHandle) => void) | undefined;
  readonly askToKeep: () => Promise<boolean>;
  /** Ends the thread the engine is on. */
  readonly closed: () => void;
}

const closeMsMax = 2000;
type Asked<Method extends keyof BrowserExecutionEngine> = BrowserExecutionEngine[Method];

/** The page's end of an engine in a worker. */
export class RemoteEngine implements BrowserExecutionEngine {
  readonly prices: ResourcePrices;
  readonly log: LogSink | undefined;
  readonly #line: Line;
  readonly #closed: () => void;
  readonly #health = new StorageHealth();
  readonly #executions = new Map<string, RemoteExecution>();
  readonly #recent = new Recent(limits.endedAtHandMax);
  readonly #strategies = new Map<string, RecoveryStrategy>();
  #figures: Readonly<Record<string, number>> = {};
  readonly #followed = new Map<string, Map<ExecutionEventCallback, RemoteUpdates>>();

  constructor({ port, prices, log, storageChanged, resumed, askToKeep, closed }: RemoteEngineOptions) {
    this.prices = prices;
    this.log = log;
    this.#closed = closed;
    if (storageChanged !== undefined) this.#health.listen(storageChanged);
    this.#line = new Line(port, {
      log: (line: LogLine) => log?.(line),
      storage: (status: StorageStatus) => this.#health.become(status),
      resumed: (executionId: string) => resumed?.(this.#get(executionId)),
      figures: (figures: Readonly<Record<string, number>>) => {
        this.#figures = figures;
      },
      stands: (standing: Standing) => this.#stands(standing),
      keep: askToKeep,
      recover: (strategyId: string, context: RecoveryContext) => this.#recover(strategyId, context),
    } satisfies Answers);
  }

  /** Resolves when the worker has begun to make the engine. */
  begun(): Promise<void> {
    return this.#line.ask('begun');
  }

  /** Resolves when the engine is made and goes on with what was unfinished. */
  async opened(): Promise<Pick<OpenedEngine, 'resumed' | 'workers' | 'capacity'>> {
    const { resumed, ...opened } = await this.#line.ask<EngineOpened>('opened');
    return { resumed: resumed.map((executionId) => this.#get(executionId)), ...opened };
  }

  get storage(): StorageStatus {
    return this.#health.status;
  }

  onStorageChange(listener: StorageListener): () => void {
    return this.#health.listen(listener);
  }

  roleOf(executionId: string): Role | undefined {
    return this.#executions.get(executionId)?.role;
  }

  async execute(plan: ProgramSource, inputs?: unknown, options?: StartOptions): Promise<ExecutionResult> {
    return (await this.start(plan, inputs, options)).result();
  }

  async recover(): Promise<readonly ExecutionHandle[]> {
    return (await this.#line.ask<readonly string[]>('recover')).map((executionId) => this.#get(executionId));
  }

  start: Asked<'start'> = (source, inputs, options) => this.#handed('start', asData(source), inputs, options);
  open: Asked<'open'> = (executionId) => this.#handed('open', executionId);
  takeOver: Asked<'takeOver'> = (executionId) => this.#handed('takeOver', executionId);
  fork: Asked<'fork'> = (executionId, options) => this.#handed('fork', executionId, options);
  change: Asked<'change'> = (executionId, source) => this.#handed('change', executionId, asData(source));
  import: Asked<'import'> = (bundle) => this.#handed('import', bundle);

  pause: Asked<'pause'> = (executionId) => this.#line.ask('pause', executionId);
  resume: Asked<'resume'> = (executionId) => this.#line.ask('resume', executionId);
  cancel: Asked<'cancel'> = (executionId, ...given) => this.#line.ask('cancel', executionId, ...given);
  signal: Asked<'signal'> = (executionId, ...given) => this.#line.ask('signal', executionId, ...given);
  createCheckpoint: Asked<'createCheckpoint'> = (executionId) => this.#line.ask('createCheckpoint', executionId);
  listCheckpoints: Asked<'listCheckpoints'> = (executionId) => this.#line.ask('listCheckpoints', executionId);
  restoreFromCheckpoint: Asked<'restoreFromCheckpoint'> = (id) => this.#line.ask('restoreFromCheckpoint', id);
  allocateResources: Asked<'allocateResources'> = (needs) => this.#line.ask('allocateResources', needs);
  releaseResources: Asked<'releaseResources'> = (ids) => this.#line.ask('releaseResources', ids);
  executeProgram: Asked<'executeProgram'> = (...given) => this.#line.ask('executeProgram', ...given);
  getExecutionStatus: Asked<'getExecutionStatus'> = (programId) => this.#line.ask('getExecutionStatus', programId);
  history: Asked<'history'> = (programName) => this.#line.ask('history', programName);
  profile: Asked<'profile'> = (programName) => this.#line.ask('profile', programName);
  bottlenecks: Asked<'bottlenecks'> = (programName) => this.#line.ask('bottlenecks', programName);
  optimizeProgram: Asked<'optimizeProgram'> = (name, options) => this.#line.ask('optimizeProgram', name, options);
  revertOptimization: Asked<'revertOptimization'> = (name) => this.#line.ask('revertOptimization', name);
  trace: Asked<'trace'> = (executionId) => this.#line.ask('trace', executionId);
  metrics = (): Promise<string> => this.#line.ask('metrics');
  blocked: Asked<'blocked'> = (executionId) => this.#line.ask('blocked', executionId);
  sweep: Asked<'sweep'> = () => this.#line.ask('sweep');
  export: Asked<'export'> = (executionId, options) => this.#line.ask('export', executionId, options);
  health: Asked<'health'> = () => this.#line.ask('health');
  machine = (): Promise<MachineReport | undefined> => this.#line.ask('machine');
  executionOf: Asked<'executionOf'> = (checkpointId) => this.#line.ask('executionOf', checkpointId);
  list: Asked<'list'> = (filter) => this.#line.ask('list', filter);

  machineFigures(): Readonly<Record<string, number>> {
    return this.#figures;
  }

  async delete(executionId: string): Promise<void> {
    await this.#line.ask('delete', executionId);
    this.#executions.delete(executionId);
  }

  getStatus(executionId: string): ExecutionStatus {
    return this.#get(executionId).status;
  }

  getResult(executionId: string): ExecutionResult | undefined {
    return this.#get(executionId).finishedResult;
  }

  monitor(executionId: string, after?: number): RemoteUpdates {
    return this.#get(executionId).monitor(after);
  }

  subscribe(executionId: string, callback: ExecutionEventCallback): void {
    const updates = this.monitor(executionId);
    const followed = this.#followed.get(executionId) ?? new Map<ExecutionEventCallback, RemoteUpdates>();
    if (followed.has(callback)) return;
    this.#followed.set(executionId, followed.set(callback, updates));
    void this.#follow(updates, callback);
  }

  unsubscribe(executionId: string, callback: ExecutionEventCallback): void {
    void this.#followed.get(executionId)?.get(callback)?.return();
    this.#followed.get(executionId)?.delete(callback);
  }

  addRecoveryStrategy(strategy: RecoveryStrategy): void {
    const { id, name, description, applicableErrors } = strategy;
    if (this.#strategies.has(id))
      throw new HeddleError({ code: 'ALREADY_EXISTS', message: `a recovery strategy ${id} is there already` });
    this.#strategies.set(id, strategy);
    this.#line.tell('addStrategy', { id, name, description, applicableErrors });
  }

  removeRecoveryStrategy(strategyId: string): void {
    this.#strategies.delete(strategyId);
    this.#line.tell('removeStrategy', strategyId);
  }

  /** A worker that does not answer is ended all the same: what it drove is resumed by the next to open it. */
  async close(): Promise<void> {
    const reason = { code: 'ABORTED', message: 'the engine was closed' };
    await withDeadline(this.#line.ask('close'), closeMsMax, () => new HeddleError(reason)).catch(() => undefined);
    this.lost(reason);
  }

  /** Whoever waits for anything is told. */
  lost(reason: { readonly code: string; readonly message: string; readonly hint?: string }): void {
    this.#line.close(reason);
    this.#closed();
  }

  async #handed(what: string, ...given: readonly unknown[]): Promise<ExecutionHandle> {
    return this.#get(await this.#line.ask<string>(what, ...given));
  }

  /** @throws NOT_FOUND */
  #get(executionId: string): RemoteExecution {
    const execution = this.#executions.get(executionId);
    if (execution === undefined) throw notFound(executionId);
    return execution;
  }

  #stands(standing: Standing): void {
    const execution = this.#executions.get(standing.id) ?? new RemoteExecution(this.#line, standing);
    execution.stands(standing);
    this.#executions.set(standing.id, execution);
    if (!isTerminal(standing.status)) return;
    const oldest = this.#recent.note(standing.id);
    const known = oldest === undefined ? undefined : this.#executions.get(oldest);
    if (known !== undefined && isTerminal(known.status)) this.#executions.delete(known.id);
  }

  async #follow(updates: RemoteUpdates, callback: ExecutionEventCallback): Promise<void> {
    for (;;) {
      const step = await updates.next().catch(() => undefined);
      // Why the stream ended before the execution is told by its result.
      if (step === undefined || step.done === true) return;
      try {
        callback(step.value);
      } catch (thrown) {
        // What a callback throws is for its owner to see.
        reportError(thrown);
        return void updates.return();
      }
    }
  }

  async #recover(strategyId: string, context: RecoveryContext): Promise<RecoveryResult> {
    const strategy = this.#strategies.get(strategyId);
    if (strategy === undefined) return { success: false, action: 'FALLBACK', message: `${strategyId} was removed` };
    return strategy.execute(context);
  }
}

/** Builders stay on this side: what crosses is the program they made. */
export function asData(source: ProgramSource): ProgramSource {
  const { toJSON } = (source ?? {}) as { toJSON?: unknown };
  return typeof toJSON === 'function' ? (toJSON.call(source) as ProgramSource) : source;
}
