import type { ExecutionEngine } from '../host/execution-engine.ts';
import type { ResourceManager } from '../host/gates/resource-manager.ts';
import type { ProgramStore } from '../host/programs/program-store.ts';
import type { AnyModule } from '../host/registry.ts';
import type { Health } from '../host/watch/health.ts';
import type { GraphKernel } from '../kernel/kernel.ts';
import type { ExecutionSummary, ListFilter } from '../ports/journal-store.ts';
import type { MaybePromise } from '../ports/maybe-promise.ts';
import type { RecordStore } from '../ports/record-store.ts';
import type { Program } from '../program/program.ts';

/** What is the same for all tenants of a service. */
export interface ServiceBackend {
  readonly modules: readonly AnyModule[];
  readonly kernel: GraphKernel;
  /** Programs that come with the service, by name. */
  readonly builtIn: (name: string) => MaybePromise<Program | undefined>;
  readonly now: () => number;
  /** Asked by /readyz: what rejects is degraded, and the service with it. */
  readonly checks?: { readonly [dependency: string]: () => MaybePromise<unknown> };
  /** Asked by /readyz, too; an engine tells it of itself. */
  readonly health?: () => Promise<Health>;
}

/** What a program has taught; an engine has it all. */
export type Learning = Pick<
  ExecutionEngine,
  'history' | 'profile' | 'bottlenecks' | 'optimizeProgram' | 'revertOptimization' | 'getExecutionStatus'
>;

/** Everything of one tenant but its executions. At the edge it lies in the tenant's catalogue and in the objects of its programs. */
export interface TenantBackend {
  readonly programs: Pick<ProgramStore, 'put' | 'get' | 'versions' | 'list' | 'delete'>;
  /** Alert rules (alertScopes) and the answers to requests with an Idempotency-Key (idempotencyScope); may be spread by key. */
  readonly records: RecordStore;
  readonly learning: Learning;
  /** Executions, newest first; `before` is an id of that list. */
  readonly list: (filter: ListFilter) => MaybePromise<readonly ExecutionSummary[]>;
  /** More families for /metrics, beside the executions by status; an engine has it. */
  readonly metrics?: () => MaybePromise<string>;
  readonly resources?: Pick<ResourceManager, 'getResourceUtilization'> | undefined;
}

/** An engine that can say of which execution a checkpoint is. */
export type ServedEngine = ExecutionEngine & { executionOf(checkpointId: string): Promise<string> };

/** An engine with executions of one tenant: all of them in a process, one and what comes of it in an object of the edge. */
export interface ExecutionBackend {
  readonly engine: ServedEngine;
  /** Of the tenant, for its alert rules. */
  readonly records?: RecordStore;
  /** Somebody tells when there are alert rules to be fetched; otherwise they are read at every start. */
  readonly alertsAreTold?: boolean;
  readonly now: () => number;
}

/** Where an execution is to be found, as far as the API needs to know it: the stub of a Durable Object fits. */
export interface ExecutionHome {
  fetch(request: Request): Promise<Response>;
}

/**
 * The execution whose home has the given one, too: what comes of an execution there (sub-programs, forks, checkpoints) has
 * an id that begins with its id and a dot.
 */
export function homeOf(id: string): string {
  return id.split('.', 1)[0] ?? id;
}
