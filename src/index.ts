/**
 * heddle: the engine in one process. Executions live in memory, or in a SQLite file that survives the process.
 *
 * ```ts
 * const engine = await createEngine({ modules: [retrieve, extract], directory: '.heddle' });
 * const execution = await engine.start(program, { question: 'Who is Queequeg?' });
 * for await (const update of execution.monitor()) console.log(update.progress.percentage);
 * console.log((await execution.result()).result);
 * ```
 */
import { CryptoRandom } from './adapters/memory/crypto-random.ts';
import { InlineRunner } from './adapters/memory/inline-runner.ts';
import { LocalLeaseKeeper } from './adapters/memory/lease-keeper.ts';
import { TimerClock } from './adapters/memory/timer-clock.ts';
import { loadKernel } from './adapters/node/load-kernel.ts';
import { NodeMachine } from './adapters/node/node-machine.ts';
import { openStores } from './adapters/node/open-stores.ts';
import { DefaultExecutionEngine } from './host/default-execution-engine.ts';
import type { ResourceOptions } from './host/gates/resource.ts';
import { ResourceManager } from './host/gates/resource-manager.ts';
import type { ProgramSource } from './host/programs/program-source.ts';
import { type AnyModule, ModuleRegistry } from './host/registry.ts';
import { checkRetention, type RetentionPolicy } from './host/retention-policy.ts';
import type { SecretVault } from './host/run/secrecy.ts';
import type { LogSink } from './ports/log.ts';

export interface EngineOptions {
  readonly modules: readonly AnyModule[];
  /** Folder of the SQLite file; without it everything is in memory and gone with the process. */
  readonly directory?: string;
  /** Attempts at once. */
  readonly slots?: number;
  readonly secrets?: SecretVault;
  /** Programs that can be executed by name, and that others may run as sub-programs by name. */
  readonly programs?: { readonly [name: string]: ProgramSource };
  /** What tasks with `resources` share; without a capacity, the cores and the memory of the machine, and the slots. */
  readonly resources?: Partial<ResourceOptions>;
  /** Where the log goes, one line at a time; default: nowhere. */
  readonly log?: LogSink;
  /** Which ended executions are kept; default: all, until they are deleted. */
  readonly retention?: RetentionPolicy;
}

/** An engine in this process. With a directory, unfinished executions found there are resumed by `recover()` or `open(id)`. */
export async function createEngine(options: EngineOptions): Promise<DefaultExecutionEngine> {
  const modules = new ModuleRegistry(options.modules);
  const { slots, secrets, resources, programs = {}, log, retention } = options;
  const clock = new TimerClock();
  const machine = new NodeMachine();
  const runner = new InlineRunner({
    modules,
    ...(slots !== undefined && { slots }),
    ...(secrets !== undefined && { secrets }),
  });
  const capacity = { ...machine.capacity, concurrent_operations: runner.slots };
  return new DefaultExecutionEngine({
    kernel: await loadKernel(),
    programs: (name) => (Object.hasOwn(programs, name) ? programs[name] : undefined),
    modules,
    ...(await openStores(options.directory)),
    clock,
    random: new CryptoRandom(),
    leases: new LocalLeaseKeeper(),
    runner,
    machine,
    ...(log !== undefined && { log }),
    ...(retention !== undefined && { retention: checkRetention(retention) }),
    resources: new ResourceManager({ capacity, ...resources, clock }),
  });
}

export { TimerClock } from './adapters/memory/timer-clock.ts';
export { ExecutionEventType } from './engine/command.ts';
export type { Usage } from './engine/usage.ts';
export { type ErrorCode, type ErrorData, errorCodes, HeddleError, isHeddleError } from './errors.ts';
export type { Bottleneck } from './history/bottlenecks.ts';
export type { ExecutionRecord } from './history/execution-record.ts';
export type { NodeRecord } from './history/node-record.ts';
export type { Change } from './history/optimise/change.ts';
export type { OptimisationProposal } from './history/optimise/proposal.ts';
export type { NodeProfile, Profile } from './history/profile.ts';
export type { TargetReport, TargetReports } from './history/targets.ts';
export { DefaultExecutionEngine } from './host/default-execution-engine.ts';
export type {
  CancelOptions,
  ExecutionEngine,
  ExecutionHandle,
  ExportOptions,
  ForkOptions,
  StartOptions,
} from './host/execution-engine.ts';
export type { Resource, ResourceOptions, ResourceRequirement, ResourceUtilization } from './host/gates/resource.ts';
export {
  type RequestOptions,
  ResourceManager,
  type ResourceManagerOptions,
} from './host/gates/resource-manager.ts';
export type { ProgramSource } from './host/programs/program-source.ts';
export {
  RecoveryAction,
  type RecoveryContext,
  type RecoveryResult,
  type RecoveryStrategy,
} from './host/recover/recovery-strategy.ts';
export type { AnyModule } from './host/registry.ts';
export type { RetentionPolicy, Sweep } from './host/retention-policy.ts';
export type { SecretVault } from './host/run/secrecy.ts';
export type { CheckpointState as ExecutionState, ExecutionCheckpoint } from './host/view/checkpoint-view.ts';
export {
  type ExecutionError,
  type ExecutionEvent,
  type ExecutionEventCallback,
  type ExecutionMessage,
  type ExecutionResult,
  type ExecutionUpdate,
  type Lag,
  MessageLevel,
  type ResourceUsage,
} from './host/view/execution-view.ts';
export type { Optimization, OptimizeOptions } from './host/view/optimization.ts';
export type { ProgramStatus } from './host/view/program-status.ts';
export type { Health, HealthCheck, HealthStatus } from './host/watch/health.ts';
export type { MachineReport } from './host/watch/machine-monitor.ts';
export type {
  Alert,
  AlertCallback,
  AlertCondition,
  AlertOperator,
  MonitoringSystem,
} from './host/watch/monitoring.ts';
export { DefaultMonitoringSystem, type MonitoringOptions } from './host/watch/monitoring-system.ts';
export { DependencyGraph } from './kernel/dependency-graph.ts';
export type { Blocked, BlockedTask, Permits } from './observe/blocked.ts';
export type { ExecutionMetrics } from './observe/metrics.ts';
export type { TracesData } from './observe/otlp.ts';
export type { ExecutionProgress } from './observe/progress.ts';
export { ExecutionStatus } from './observe/status.ts';
export type { StrategyChoice } from './plan/choose-strategy.ts';
export type { Clock } from './ports/clock.ts';
export type { ExecutionSummary, ListFilter } from './ports/journal-store.ts';
export { type LogLevel, type LogLine, type LogSink, logFrom } from './ports/log.ts';
export type { Machine, MachineSample } from './ports/machine.ts';
export {
  defineModule,
  getCapabilities,
  type Module,
  type ModuleContext,
  type ModuleUsage,
  supportsFeature,
} from './ports/module.ts';
export { program } from './program/builder.ts';
export { type ChainLink, chain } from './program/chain.ts';
export { type CompileOptions, type CompileReport, compileProgram } from './program/compile.ts';
export type { Program, ProgramNode } from './program/program.ts';
export { validateProgram } from './program/validate.ts';
export type { Value } from './program/value.ts';
