import type { ExecutionOptions } from '../engine/execution-options.ts';
import type { Bottleneck } from '../history/bottlenecks.ts';
import type { ExecutionRecord } from '../history/execution-record.ts';
import type { Profile } from '../history/profile.ts';
import type { BlockedTask } from '../observe/blocked.ts';
import type { TracesData } from '../observe/otlp.ts';
import type { ExecutionStatus } from '../observe/status.ts';
import type { ExecutionSummary, ListFilter } from '../ports/journal-store.ts';
import type { MaybePromise } from '../ports/maybe-promise.ts';
import type { Value } from '../program/value.ts';
import type { Resource, ResourceRequirement } from './gates/resource.ts';
import type { ProgramSource } from './programs/program-source.ts';
import type { RecoveryStrategy } from './recover/recovery-strategy.ts';
import type { Sweep } from './retention-policy.ts';
import type { ExecutionCheckpoint } from './view/checkpoint-view.ts';
import type {
  ExecutionEvent,
  ExecutionEventCallback,
  ExecutionResult,
  ExecutionUpdate,
} from './view/execution-view.ts';
import type { Optimization, OptimizeOptions } from './view/optimization.ts';
import type { ProgramStatus } from './view/program-status.ts';

export interface StartOptions extends ExecutionOptions {
  /** Use this id instead of a new one; ALREADY_EXISTS if it is taken. */
  readonly executionId?: string;
  /** Runs the program compiled: what several nodes compute alike is computed once. Default false. */
  readonly compile?: boolean;
  /**
   * Before it starts, the engine may look for so long for an order of ready tasks that ends sooner than the strategy's own; 0 is
   * never, 1000 at most. Default: a hundredth of what the program is expected to take, at most 20, once it was seen to run;
   * programs that were not are not searched. What was found for a program is used again until its tasks take something else.
   */
  readonly searchBudgetMs?: number;
  /**
   * Header of W3C Trace Context: the execution's trace goes on from it, through sub-programs too. One that is not valid is passed
   * over, as the standard says: then the trace begins with the execution.
   */
  readonly traceparent?: string;
}

export interface CancelOptions {
  /** Lets what runs end by itself within that time; nothing more starts. Default 0. */
  readonly graceMs?: number;
}

export interface ForkOptions {
  /** Id of the node, or of several, to run again; what depends on them runs again as far as their outputs change. */
  readonly from: string | readonly string[];
  /** Default: those of the execution that is forked. */
  readonly inputs?: unknown;
  readonly executionId?: string;
}

export interface ChangeOptions {
  /** Of the new execution. */
  readonly executionId?: string;
}

export interface ExportOptions {
  /**
   * The execution leaves this home: here it is cancelled with the reason, or deleted. Without it the bundle is a copy, and
   * the execution goes on here.
   */
  readonly move?: 'cancel' | 'delete';
  /** So long may the modules that run take to end; those that do not run again where it is imported. Default 2000. */
  readonly settleMs?: number;
}

/** A running (or ended) execution. */
export interface ExecutionHandle {
  readonly id: string;
  readonly status: ExecutionStatus;
  /** Resolves at the end, whatever the end is; rejects when this host stops driving the execution before. */
  result(): Promise<ExecutionResult>;
  /** @param after id of the event to go on after; 0 is the beginning */
  monitor(after?: number): AsyncIterable<ExecutionUpdate>;
  /** How it stands now, without events. */
  update(): Promise<ExecutionUpdate>;
  /** The kept events after that one, at most `limit`. */
  events(after?: number, limit?: number): Promise<readonly ExecutionEvent[]>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  cancel(reason?: string, options?: CancelOptions): Promise<void>;
  signal(event: string, payload?: unknown): Promise<void>;
}

/**
 * The engine, the same in every home. Methods that change an execution resolve when the change is durable.
 * Errors are HeddleErrors: NOT_FOUND, NOT_ALLOWED, ALREADY_EXISTS, LEASE_UNAVAILABLE and those of a refused program.
 */
export interface ExecutionEngine {
  /** Starts and waits for the end. A failed execution is a result with status FAILED, not a rejection. */
  execute(plan: ProgramSource, inputs?: unknown, options?: StartOptions): Promise<ExecutionResult>;
  /** Resolves as soon as the start is durable. */
  start(plan: ProgramSource, inputs?: unknown, options?: StartOptions): Promise<ExecutionHandle>;
  /** Loads a stored execution; an unfinished one is driven on from where it was, unless another host drives it. */
  open(executionId: string): Promise<ExecutionHandle>;
  /** Opens every unfinished execution of the store that no other host drives. */
  recover(): Promise<readonly ExecutionHandle[]>;

  pause(executionId: string): Promise<void>;
  resume(executionId: string): Promise<void>;
  cancel(executionId: string, reason?: string, options?: CancelOptions): Promise<void>;
  /** Ends the wait of the first task that waits for the signal, or is kept for the first that will. */
  signal(executionId: string, event: string, payload?: unknown): Promise<void>;
  /** A new execution that takes over what this one has done, but for the given nodes and what their new outputs change. */
  fork(executionId: string, options: ForkOptions): Promise<ExecutionHandle>;
  /** Goes on under a changed program in a new execution that keeps everything finished; refused when that is not possible. */
  change(executionId: string, plan: ProgramSource, options?: ChangeOptions): Promise<ExecutionHandle>;

  /** Of an execution this engine has started or opened. */
  getStatus(executionId: string): ExecutionStatus;
  /** Undefined until the end. */
  getResult(executionId: string): ExecutionResult | undefined;
  monitor(executionId: string, after?: number): AsyncIterable<ExecutionUpdate>;
  subscribe(executionId: string, callback: ExecutionEventCallback): void;
  unsubscribe(executionId: string, callback: ExecutionEventCallback): void;

  /** Resolves when the checkpoint is stored. */
  createCheckpoint(executionId: string): Promise<ExecutionCheckpoint>;
  /** Sets the execution of the checkpoint back to it and goes on from there, under a new generation. */
  restoreFromCheckpoint(checkpointId: string): Promise<void>;

  listCheckpoints(executionId: string): Promise<readonly ExecutionCheckpoint[]>;

  /** Asked from now on when the retries of a task are spent. */
  addRecoveryStrategy(strategy: RecoveryStrategy): void;
  removeRecoveryStrategy(strategyId: string): void;

  /**
   * Waits until all that is required is free, by priority, and takes it: tasks and callers share the same capacities.
   * What is taken is not given back by itself. @throws UNSATISFIABLE_RESOURCES, BAD_INPUT
   */
  allocateResources(requirements: readonly ResourceRequirement[]): Promise<Resource[]>;
  /** Gives back by the ids of resources; what is not held is passed over. */
  releaseResources(ids: readonly string[]): Promise<void>;

  /** Executes a program this host knows by name. @throws NOT_FOUND */
  executeProgram(programId: string, inputs?: unknown, options?: StartOptions): Promise<ExecutionResult>;
  /** How the latest execution of a program stands, and what its executions took on average. @throws NOT_FOUND */
  getExecutionStatus(programId: string): Promise<ProgramStatus>;
  /** What the ended executions of a program took, oldest first; at most the newest 1000. */
  history(programName: string): Promise<readonly ExecutionRecord[]>;
  /** What a program is known to take, over all versions of it in the history. */
  profile(programName: string): Promise<Profile>;
  /** The nodes that hold the end of the program back, as it is now; the worst first. @throws NOT_FOUND */
  bottlenecks(programName: string): Promise<readonly Bottleneck[]>;
  /**
   * Proposes weights, timeouts, slots and placements by the history of a program and, unless it is a preview, applies them
   * to every execution of that very program that starts from now on. `applied` is false when there was nothing to apply.
   * Weights alone are also learnt by themselves: after the 1st, 2nd, 4th execution and so on, then every 100th. @throws NOT_FOUND
   */
  optimizeProgram(programName: string, options?: OptimizeOptions): Promise<Optimization>;
  /** Programs of that name run as they are written again, and learn nothing by themselves. @returns whether they did not */
  revertOptimization(programName: string): Promise<boolean>;

  /**
   * The trace of an execution: a span around it and one around every attempt, as OTLP/JSON. Of one under way, the open spans reach
   * until now. Sub-programs are executions of their own, whose traces go on from the span of their attempt. @throws NOT_FOUND
   */
  trace(executionId: string): Promise<TracesData>;
  /** What this engine did and does, in the text format of Prometheus, over the executions it drives or has driven. */
  metrics(): MaybePromise<string>;
  /** Why every task that has not settled and does not run does not; empty after the end. @throws NOT_FOUND */
  blocked(executionId: string): Promise<readonly BlockedTask[]>;
  /**
   * Erases the ended executions, with their sub-programs, that the retention policy does not keep, and records that have expired;
   * with a policy, it is done by itself after an end and by `recover`, at most once a minute. @throws STORAGE_FAILED
   */
  sweep(): Promise<Sweep>;
  /**
   * An execution with its sub-programs, its whole journal and its artifacts, as bytes that any home can import. One that runs
   * is paused for it.
   */
  export(executionId: string, options?: ExportOptions): Promise<Uint8Array>;
  /**
   * Goes on with what another home has exported, under a new epoch; what moved away from here may come back.
   * @throws CORRUPT, ALREADY_EXISTS; those of a program that this home cannot run
   */
  import(bundle: Uint8Array): Promise<ExecutionHandle>;

  list(filter?: ListFilter): Promise<readonly ExecutionSummary[]>;
  /** Erases an ended execution, its sub-programs, and everything they stored. What was learnt from them stays, without their names. */
  delete(executionId: string): Promise<void>;
  /** Stops driving everything, without ending anything: what runs is resumed by the next `open`. */
  close(): Promise<void>;
}

export type Inputs = { readonly [name: string]: Value };
