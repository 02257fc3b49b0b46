import type { ExecutionEngine } from '../host/execution-engine.ts';
import type { ProgramStore } from '../host/program-store.ts';
import type { AnyModule } from '../host/registry.ts';
import type { ResourceManager } from '../host/resource-manager.ts';
import type { GraphKernel } from '../kernel/kernel.ts';
import type { ExecutionSummary, ListFilter } from '../ports/journal-store.ts';
import type { RecordStore } from '../ports/record-store.ts';
import type { Program } from '../program/program.ts';

/** An engine that can say of which execution a checkpoint is. */
export type ServedEngine = ExecutionEngine & { executionOf(checkpointId: string): Promise<string> };

/** What stands behind the API, of one tenant. */
export interface Backend {
  readonly engine: ServedEngine;
  readonly modules: readonly AnyModule[];
  readonly kernel: GraphKernel;
  readonly records: RecordStore;
  readonly programs: ProgramStore;
  /** Programs that come with the service, by name. */
  readonly builtIn: (name: string) => Program | undefined;
  readonly now: () => number;
  readonly resources?: Pick<ResourceManager, 'getResourceUtilization'> | undefined;
  /** Executions, newest first; `before` is an id of that list. */
  readonly list: (filter: ListFilter) => Promise<readonly ExecutionSummary[]>;
}
