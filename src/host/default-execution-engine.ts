import { HeddleError, isHeddleError } from '../errors.ts';
import type { Bottleneck } from '../history/bottlenecks.ts';
import type { ExecutionRecord } from '../history/execution-record.ts';
import type { Profile } from '../history/profile.ts';
import type { ResourcePrices } from '../observe/resource-usage.ts';
import { type ExecutionStatus, isTerminal } from '../observe/status.ts';
import type { ExecutionSummary, ListFilter } from '../ports/journal-store.ts';
import { Checkpoints } from './checkpoints.ts';
import { Children, childrenOf } from './children.ts';
import { Custody } from './custody.ts';
import type {
  CancelOptions,
  ExecutionCheckpoint,
  ExecutionEngine,
  ExecutionHandle,
  ForkOptions,
  ProgramSource,
  StartOptions,
} from './execution-engine.ts';
import type { ExecutionEventCallback, ExecutionResult, ExecutionUpdate } from './execution-view.ts';
import { Forks } from './forks.ts';
import { Gatekeeper, noResources } from './gatekeeper.ts';
import { handleOf } from './handle.ts';
import { History } from './history.ts';
import type { Home } from './home.ts';
import { Lifecycle } from './lifecycle.ts';
import { PreparedPrograms } from './prepared-programs.ts';
import { type ProgramStatus, Programs } from './programs.ts';
import { RecoveryStrategies, type RecoveryStrategy } from './recovery-strategies.ts';
import { notFound } from './refusals.ts';
import { cancelRequest, pauseRequest, request, resumeRequest, signal } from './requests.ts';
import type { Resource, ResourceRequirement } from './resource.ts';
import { type CacheCounts, ResultCache } from './result-cache.ts';
import { Subscriptions } from './subscriptions.ts';
import { type Optimization, type OptimizeOptions, Tunings } from './tunings.ts';

/** The engine over any home. */
export class DefaultExecutionEngine implements ExecutionEngine {
  readonly #home: Home;
  readonly #custody: Custody;
  readonly #lifecycle: Lifecycle;
  readonly #checkpoints: Checkpoints;
  readonly #forks: Forks;
  readonly #history: History;
  readonly #programs: Programs;
  readonly #strategies = new RecoveryStrategies();
  readonly #cache: ResultCache;
  readonly #subscriptions = new Subscriptions();

  constructor(home: Home) {
    this.#home = home;
    this.#cache = new ResultCache({ ...home, inlineBytesMax: home.journal.inlineBytesMax });
    this.#history = new History({
      records: home.records,
      kept: (execution, recorded) => tunings.refresh(execution, recorded),
    });
    const prepared = new PreparedPrograms(home);
    const tunings = new Tunings(home, this.#history, prepared);
    const learning = { history: this.#history, tunings, prepared };
    const services = {
      cache: this.#cache,
      gatekeeper: new Gatekeeper(home),
      strategies: this.#strategies,
      children: new Children({
        begin: async (source, inputs, { executionId, parent }) =>
          handleOf(this, await this.#lifecycle.begin(source, inputs, { executionId }, { parent })),
        open: (executionId) => this.open(executionId),
        cancel: (executionId, reason) => this.cancel(executionId, reason),
        wait: (executionId, ms) =>
          new Promise((resolve) => home.clock.wakeAt(`${executionId}#reopen`, home.clock.now() + ms, resolve)),
        programNamed: (name) => this.#lifecycle.programNamed(name),
      }),
      latestCheckpoint: async (executionId: string, epoch: number) => {
        const stored = await home.journal.latestCheckpoint(executionId);
        return stored === undefined ? undefined : this.#checkpoints.restoration(stored, epoch);
      },
    };
    this.#custody = new Custody(home, services, this.#history);
    this.#lifecycle = new Lifecycle(home, this.#custody, learning, () => this.#strategies.codes);
    this.#programs = new Programs(home, this.#custody, learning);
    this.#checkpoints = new Checkpoints(home, this.#custody, this.#lifecycle);
    this.#forks = new Forks(home, this.#custody, this.#lifecycle);
  }

  async execute(plan: ProgramSource, inputs?: unknown, options?: StartOptions): Promise<ExecutionResult> {
    return (await this.start(plan, inputs, options)).result();
  }

  async start(source: ProgramSource, inputs: unknown = {}, options?: StartOptions): Promise<ExecutionHandle> {
    return handleOf(this, await this.#lifecycle.begin(source, inputs, options));
  }

  async open(executionId: string): Promise<ExecutionHandle> {
    return handleOf(this, await this.#lifecycle.open(executionId));
  }

  async recover(): Promise<readonly ExecutionHandle[]> {
    return (await this.#lifecycle.recover()).map((execution) => handleOf(this, execution));
  }

  async fork(executionId: string, options: ForkOptions): Promise<ExecutionHandle> {
    return handleOf(this, await this.#forks.fork(executionId, options));
  }

  async change(executionId: string, source: ProgramSource): Promise<ExecutionHandle> {
    return handleOf(this, await this.#forks.change(executionId, source));
  }

  async pause(executionId: string): Promise<void> {
    await request(this.#custody.get(executionId), pauseRequest());
  }

  async resume(executionId: string): Promise<void> {
    await request(this.#custody.get(executionId), resumeRequest());
  }

  async cancel(executionId: string, reason?: string, { graceMs }: CancelOptions = {}): Promise<void> {
    await request(this.#custody.get(executionId), cancelRequest(reason, graceMs));
  }

  async signal(executionId: string, event: string, payload: unknown = null): Promise<void> {
    await signal(this.#custody.get(executionId), event, payload);
  }

  getStatus(executionId: string): ExecutionStatus {
    return this.#custody.get(executionId).status;
  }

  getResult(executionId: string): ExecutionResult | undefined {
    return this.#custody.get(executionId).finishedResult;
  }

  monitor(executionId: string, after?: number): AsyncIterable<ExecutionUpdate> {
    return this.#custody.get(executionId).monitor(after);
  }

  subscribe(executionId: string, callback: ExecutionEventCallback): void {
    this.#subscriptions.add(this.#custody.get(executionId), callback);
  }

  unsubscribe(executionId: string, callback: ExecutionEventCallback): void {
    this.#subscriptions.remove(executionId, callback);
  }

  createCheckpoint(executionId: string): Promise<ExecutionCheckpoint> {
    return this.#checkpoints.create(executionId);
  }

  listCheckpoints(executionId: string): Promise<readonly ExecutionCheckpoint[]> {
    return this.#checkpoints.list(executionId);
  }

  async restoreFromCheckpoint(checkpointId: string): Promise<void> {
    await this.#checkpoints.restore(checkpointId);
  }

  addRecoveryStrategy(strategy: RecoveryStrategy): void {
    this.#strategies.add(strategy);
    this.#tellStrategies();
  }

  removeRecoveryStrategy(strategyId: string): void {
    this.#strategies.remove(strategyId);
    this.#tellStrategies();
  }

  async executeProgram(programId: string, inputs?: unknown, options?: StartOptions): Promise<ExecutionResult> {
    return this.execute(this.#lifecycle.programNamed(programId), inputs, options);
  }

  getExecutionStatus(programId: string): Promise<ProgramStatus> {
    return this.#programs.status(programId);
  }

  history(programName: string): Promise<readonly ExecutionRecord[]> {
    return this.#programs.history(programName);
  }

  profile(programName: string): Promise<Profile> {
    return this.#programs.profile(programName);
  }

  bottlenecks(programName: string): Promise<readonly Bottleneck[]> {
    return this.#programs.bottlenecks(programName);
  }

  optimizeProgram(programName: string, options?: OptimizeOptions): Promise<Optimization> {
    return this.#programs.optimize(programName, options);
  }

  revertOptimization(programName: string): Promise<boolean> {
    return this.#programs.revert(programName);
  }

  async allocateResources(requirements: readonly ResourceRequirement[]): Promise<Resource[]> {
    const manager = this.#home.resources ?? noResources();
    return [...(await manager.requestResources(requirements))];
  }

  async releaseResources(ids: readonly string[]): Promise<void> {
    this.#home.resources?.releaseResources(ids);
  }

  /** Of resources, per unit and ms. */
  get prices(): ResourcePrices {
    return this.#home.resources?.prices ?? {};
  }

  get cacheCounts(): CacheCounts {
    return this.#cache.counts;
  }

  async list(filter?: ListFilter): Promise<readonly ExecutionSummary[]> {
    return this.#home.journal.list(filter);
  }

  async delete(executionId: string): Promise<void> {
    const summary = await this.#home.journal.summary(executionId);
    if (summary === undefined) throw notFound(executionId);
    if (!isTerminal(summary.status)) {
      const message = `execution ${executionId} is ${summary.status} and cannot be deleted`;
      throw new HeddleError({ code: 'NOT_ALLOWED', message, hint: 'cancel it first' });
    }
    const children = await childrenOf(await this.#lifecycle.open(executionId));
    for (const child of children) {
      await this.delete(child).catch((thrown) => {
        if (!isHeddleError(thrown) || thrown.code !== 'NOT_FOUND') throw thrown;
      });
    }
    await this.#home.journal.delete(executionId);
    this.#custody.forget(executionId);
  }

  async close(): Promise<void> {
    this.#custody.letAllGo({ code: 'ABORTED', message: 'the engine was closed' });
    await this.#history.settled();
    await this.#home.runner.close();
  }

  #tellStrategies(): void {
    const recovers = this.#strategies.codes;
    for (const execution of this.#custody.driven()) execution.deliver({ type: 'StrategiesChanged', recovers });
  }
}
