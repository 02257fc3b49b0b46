import type { GraphKernel } from '../kernel/kernel.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { JournalStore } from '../ports/journal-store.ts';
import type { LeaseKeeper } from '../ports/lease.ts';
import type { ModuleRunner } from '../ports/module-runner.ts';
import type { Random } from '../ports/random.ts';
import type { Program } from '../program/program.ts';
import type { ModuleRegistry } from './registry.ts';

/** Everything an engine needs of the world: one adapter per port. A home is a way to fill this in. */
export interface Home {
  readonly kernel: GraphKernel;
  readonly modules: ModuleRegistry;
  readonly journal: JournalStore;
  readonly artifacts: ArtifactStore;
  readonly runner: ModuleRunner;
  readonly clock: Clock;
  readonly random: Random;
  readonly leases: LeaseKeeper;
  /**
   * Expected duration of every node, by its index; 1 each when absent. A function of the program alone: an execution that is
   * loaded again must get the plan it was begun with, or its replay would decide otherwise.
   */
  readonly weigh?: (program: Program) => Float64Array;
}
