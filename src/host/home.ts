import type { GraphKernel } from '../kernel/kernel.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { JournalStore } from '../ports/journal-store.ts';
import type { LeaseKeeper } from '../ports/lease.ts';
import type { LogSink } from '../ports/log.ts';
import type { Machine } from '../ports/machine.ts';
import type { MaybePromise } from '../ports/maybe-promise.ts';
import type { ModuleRunner } from '../ports/module-runner.ts';
import type { Random } from '../ports/random.ts';
import type { RecordStore } from '../ports/record-store.ts';
import type { SharedLimits } from '../ports/shared-limits.ts';
import type { Program } from '../program/program.ts';
import type { ResourceManager } from './gates/resource-manager.ts';
import type { PreparedPrograms } from './programs/prepared-programs.ts';
import type { ProgramSource } from './programs/program-source.ts';
import type { ModuleRegistry } from './registry.ts';
import type { RetentionPolicy } from './retention-policy.ts';

/** Everything an engine needs of the world: one adapter per port. A home is a way to fill this in. */
export interface Home {
  readonly kernel: GraphKernel;
  readonly modules: ModuleRegistry;
  readonly journal: JournalStore;
  readonly artifacts: ArtifactStore;
  readonly records: RecordStore;
  readonly runner: ModuleRunner;
  readonly clock: Clock;
  readonly random: Random;
  readonly leases: LeaseKeeper;
  /** What tasks with `resources` share; without it they are refused. */
  readonly resources?: ResourceManager;
  /** Bulkheads and rates shared with other engines. */
  readonly limits?: SharedLimits;
  /** Programs that others may run as sub-programs by name. */
  readonly programs?: (name: string) => MaybePromise<ProgramSource | undefined>;
  /** What the platform tells of the machine; without it, nothing is measured. */
  readonly machine?: Machine;
  /** Where the engine's log goes: starts, ends, recoveries, halts, breakers that open, alerts. Silent when absent. */
  readonly log?: LogSink;
  /** Default: ended executions are kept until they are deleted. */
  readonly retention?: RetentionPolicy;
  /** What is known of programs, where engines with the same modules, kernel and resources share it. */
  readonly prepared?: PreparedPrograms;
  /**
   * Expected duration of every node, by its index; 1 each when absent. A function of the program alone: an execution that is
   * loaded again must get the plan it was begun with, or its replay would decide otherwise.
   */
  readonly weigh?: (program: Program) => Float64Array;
}
