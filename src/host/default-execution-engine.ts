import type { Bottleneck } from '../history/bottlenecks.ts';
import type { ExecutionRecord } from '../history/execution-record.ts';
import type { Profile } from '../history/profile.ts';
import type { BlockedTask } from '../observe/blocked.ts';
import type { TracesData } from '../observe/otlp.ts';
import type { ResourcePrices } from '../observe/resource-usage.ts';
import type { ExecutionStatus } from '../observe/status.ts';
import type { ExecutionSummary, ListFilter } from '../ports/journal-store.ts';
import type { LogSink } from '../ports/log.ts';
import { cancelRequest, pauseRequest, request, resumeRequest, signal } from './drive/requests.ts';
import { type EngineParts, engineParts } from './engine-parts.ts';
import type {
  CancelOptions,
  ChangeOptions,
  ExecutionEngine,
  ExecutionHandle,
  ExportOptions,
  ForkOptions,
  StartOptions,
} from './execution-engine.ts';
import { noResources } from './gates/gatekeeper.ts';
import type { Resource, ResourceRequirement } from './gates/resource.ts';
import { handleOf } from './handle.ts';
import type { Home } from './home.ts';
import type { ProgramSource } from './programs/program-source.ts';
import type { RecoveryStrategy } from './recover/recovery-strategy.ts';
import type { Sweep } from './retention-policy.ts';
import type { CacheCounts } from './run/result-cache.ts';
import type { ExecutionCheckpoint } from './view/checkpoint-view.ts';
import type { ExecutionEventCallback, ExecutionResult, ExecutionUpdate } from './view/execution-view.ts';
import type { Optimization, OptimizeOptions } from './view/optimization.ts';
import type { ProgramStatus } from './view/program-status.ts';
import { checkHealth, type Health } from './watch/health.ts';
import { type MachineReport, machineFigures } from './watch/machine-monitor.ts';
import { Subscriptions } from './watch/subscriptions.ts';

/** The engine over any home. */
export class DefaultExecutionEngine implements ExecutionEngine {
  readonly #home: Home;
  readonly #parts: EngineParts;
  readonly #subscriptions = new Subscriptions();

  constructor(home: Home) {
    this.#home = home;
    this.#parts = engineParts(home, this);
  }

  async execute(plan: ProgramSource, inputs?: unknown, options?: StartOptions): Promise<ExecutionResult> {
    return (await this.start(plan, inputs, options)).result();
  }

  async start(source: ProgramSource, inputs: unknown = {}, options?: StartOptions): Promise<ExecutionHandle> {
    return handleOf(this, await this.#parts.lifecycle.begin(source, inputs, options));
  }

  async open(executionId: string): Promise<ExecutionHandle> {
    return handleOf(this, await this.#parts.lifecycle.open(executionId));
  }

  async recover(): Promise<readonly ExecutionHandle[]> {
    this.#parts.retention.noted();
    return (await this.#parts.lifecycle.recover()).map((execution) => handleOf(this, execution));
  }

  async fork(executionId: string, options: ForkOptions): Promise<ExecutionHandle> {
    return handleOf(this, await this.#parts.forks.fork(executionId, options));
  }

  async change(executionId: string, source: ProgramSource, options?: ChangeOptions): Promise<ExecutionHandle> {
    return handleOf(this, await this.#parts.successions.change(executionId, source, options));
  }

  async pause(executionId: string): Promise<void> {
    await request(this.#parts.custody.get(executionId), pauseRequest());
  }

  async resume(executionId: string): Promise<void> {
    await request(this.#parts.custody.get(executionId), resumeRequest());
  }

  async cancel(executionId: string, reason?: string, { graceMs }: CancelOptions = {}): Promise<void> {
    await request(this.#parts.custody.get(executionId), cancelRequest(reason, graceMs));
  }

  async signal(executionId: string, event: string, payload: unknown = null): Promise<void> {
    await signal(this.#parts.custody.get(executionId), event, payload);
  }

  getStatus(executionId: string): ExecutionStatus {
    return this.#parts.custody.get(executionId).status;
  }

  getResult(executionId: string): ExecutionResult | undefined {
    return this.#parts.custody.get(executionId).finishedResult;
  }

  monitor(executionId: string, after?: number): AsyncIterable<ExecutionUpdate> {
    return this.#parts.custody.get(executionId).monitor(after);
  }

  subscribe(executionId: string, callback: ExecutionEventCallback): void {
    this.#subscriptions.add(this.#parts.custody.get(executionId), callback);
  }

  unsubscribe(executionId: string, callback: ExecutionEventCallback): void {
    this.#subscriptions.remove(executionId, callback);
  }

  createCheckpoint(executionId: string): Promise<ExecutionCheckpoint> {
    return this.#parts.checkpoints.create(executionId);
  }

  listCheckpoints(executionId: string): Promise<readonly ExecutionCheckpoint[]> {
    return this.#parts.checkpoints.list(executionId);
  }

  async restoreFromCheckpoint(checkpointId: string): Promise<void> {
    await this.#parts.checkpoints.restore(checkpointId);
  }

  /** The execution a checkpoint is of. @throws NOT_FOUND */
  executionOf(checkpointId: string): Promise<string> {
    return this.#parts.checkpoints.executionOf(checkpointId);
  }

  addRecoveryStrategy(strategy: RecoveryStrategy): void {
    this.#parts.strategies.add(strategy);
    this.#tellStrategies();
  }

  removeRecoveryStrategy(strategyId: string): void {
    this.#parts.strategies.remove(strategyId);
    this.#tellStrategies();
  }

  async executeProgram(programId: string, inputs?: unknown, options?: StartOptions): Promise<ExecutionResult> {
    return this.execute(await this.#parts.lifecycle.programNamed(programId), inputs, options);
  }

  getExecutionStatus(programId: string): Promise<ProgramStatus> {
    return this.#parts.programs.status(programId);
  }

  history(programName: string): Promise<readonly ExecutionRecord[]> {
    return this.#parts.programs.history(programName);
  }

  profile(programName: string): Promise<Profile> {
    return this.#parts.programs.profile(programName);
  }

  bottlenecks(programName: string): Promise<readonly Bottleneck[]> {
    return this.#parts.programs.bottlenecks(programName);
  }

  optimizeProgram(programName: string, options?: OptimizeOptions): Promise<Optimization> {
    return this.#parts.programs.optimize(programName, options);
  }

  revertOptimization(programName: string): Promise<boolean> {
    return this.#parts.programs.revert(programName);
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
    return this.#parts.cache.counts;
  }

  export(executionId: string, options?: ExportOptions): Promise<Uint8Array> {
    return this.#parts.transfer.export(executionId, options);
  }

  async import(bundle: Uint8Array): Promise<ExecutionHandle> {
    return handleOf(this, await this.#parts.transfer.import(bundle));
  }

  async list(filter?: ListFilter): Promise<readonly ExecutionSummary[]> {
    return this.#home.journal.list(filter);
  }

  trace(executionId: string): Promise<TracesData> {
    return this.#parts.observatory.trace(executionId);
  }

  metrics(): string {
    return this.#parts.observatory.metrics();
  }

  blocked(executionId: string): Promise<readonly BlockedTask[]> {
    return this.#parts.observatory.blocked(executionId);
  }

  /** Where this engine's log goes. */
  get log(): LogSink | undefined {
    return this.#home.log;
  }

  /** Checks of everything this engine depends on: store, runner, memory, services behind breakers. Never rejects. */
  health(): Promise<Health> {
    const { monitor, gatekeeper, custody } = this.#parts;
    const running = custody.driven().reduce((sum, { state }) => sum + state.derived.running.size, 0);
    return checkHealth(this.#home, running, monitor.look(), () => gatekeeper.breakers.open());
  }

  /** What the machine is really used for, beside what is granted; undefined where the platform does not tell. */
  machine(): MachineReport | undefined {
    return this.#parts.monitor.look();
  }

  /** What alerts can be set on beyond the figures of an execution, as of the last look: every 5 s while one is driven. */
  machineFigures(): Readonly<Record<string, number>> {
    return machineFigures(this.#parts.monitor.latest ?? this.#parts.monitor.look());
  }

  sweep(): Promise<Sweep> {
    return this.#parts.retention.sweep();
  }

  async delete(executionId: string): Promise<void> {
    await this.#parts.erasure.erase(executionId);
  }

  async close(): Promise<void> {
    this.#parts.custody.letAllGo({ code: 'ABORTED', message: 'the engine was closed' });
    await this.#parts.retention.settled();
    await this.#parts.history.settled();
    await this.#home.runner.close();
  }

  #tellStrategies(): void {
    const recovers = this.#parts.strategies.codes;
    for (const execution of this.#parts.custody.driven()) execution.deliver({ type: 'StrategiesChanged', recovers });
  }
}
