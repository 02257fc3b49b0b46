import type { ExecutionEngine, ExecutionHandle } from '../../host/execution-engine.ts';
import type { ResourceOptions } from '../../host/gates/resource.ts';
import type { ProgramSource } from '../../host/programs/program-source.ts';
import type { RetentionPolicy } from '../../host/retention-policy.ts';
import type { Health } from '../../host/watch/health.ts';
import type { MachineReport } from '../../host/watch/machine-monitor.ts';
import type { GraphKernel } from '../../kernel/kernel.ts';
import type { ResourcePrices } from '../../observe/resource-usage.ts';
import type { LogSink } from '../../ports/log.ts';
import type { MaybePromise } from '../../ports/maybe-promise.ts';
import type { Role } from './presence.ts';
import type { StorageListener, StorageStatus } from './storage-health.ts';

/** The engine of a tab, on whichever thread it runs. */
export interface BrowserExecutionEngine extends ExecutionEngine {
  /** How the storage stands: whether what is done is being saved. */
  readonly storage: StorageStatus;
  /** @returns how to stop listening */
  onStorageChange(listener: StorageListener): () => void;
  /** Whether this tab drives an execution that it has, or watches another tab drive it; undefined for one it does not have. */
  roleOf(executionId: string): Role | undefined;
  /**
   * Drives the execution in this tab from now on, also when another does, which watches it from then on: for one that is frozen. What
   * runs there may run twice; nothing it still tells counts. @throws NOT_FOUND
   */
  takeOver(executionId: string): Promise<ExecutionHandle>;
  /** Of resources, per unit and ms. */
  readonly prices: ResourcePrices;
  /** Checks of everything this engine depends on: store, runner, memory, services behind breakers. */
  health(): Promise<Health>;
  /** What the machine is really used for, beside what is granted; undefined where the browser does not tell. */
  machine(): MaybePromise<MachineReport | undefined>;
  /** What alerts can be set on beyond the figures of an execution, as of the last look: every 5 s while one is driven. */
  machineFigures(): Readonly<Record<string, number>>;
  /** The execution a checkpoint is of. @throws NOT_FOUND */
  executionOf(checkpointId: string): Promise<string>;
  /** Where this engine's log goes. */
  readonly log?: LogSink | undefined;
}

/** What an engine is made with, on whichever thread: data only. */
export interface EngineSettings {
  readonly databaseName: string;
  readonly kernelUrl: string;
  /** How many; default one a processor, 2 to 8. */
  readonly workers?: number;
  readonly programs: { readonly [name: string]: ProgramSource };
  readonly resources?: Partial<ResourceOptions>;
  readonly retention?: RetentionPolicy;
  /** Whether anybody wants the log. */
  readonly logs: boolean;
}

/** What an engine tells whoever made it. */
export interface EngineWatcher {
  readonly log?: LogSink | undefined;
  readonly storageChanged?: StorageListener | undefined;
  /** It goes on with an execution, later than on load: another tab has gone, or the storage works again. */
  readonly resumed?: ((handle: ExecutionHandle) => void) | undefined;
  /** Something of an execution may have changed: its status, or who drives it. */
  readonly changed?: ((executionId: string) => void) | undefined;
  /** Asks the browser not to clear what is stored; only a page can. */
  readonly askToKeep: () => Promise<boolean>;
}

export interface OpenedEngine<Engine extends BrowserExecutionEngine = BrowserExecutionEngine> {
  readonly engine: Engine;
  /** Executions that were unfinished and go on now. */
  readonly resumed: readonly ExecutionHandle[];
  readonly kernel: GraphKernel;
  /** Why the kernel is not WASM, when it is not. */
  readonly kernelReason?: string;
  /** How many there are. */
  readonly workers: number;
  /** What tasks with `resources` share, by type. */
  readonly capacity: Readonly<Record<string, number>>;
}
