import { HeddleError } from '../../errors.ts';
import { DefaultExecutionEngine } from '../../host/default-execution-engine.ts';
import { ProgramStore } from '../../host/programs/program-store.ts';
import type { ModuleRegistry } from '../../host/registry.ts';
import { programKey } from '../../host/values/json-records.ts';
import type { ProgramStatus } from '../../host/view/program-status.ts';
import type { GraphKernel } from '../../kernel/kernel.ts';
import { prometheusText } from '../../observe/prometheus.ts';
import type { ExecutionSummary, JournalStore, ListFilter } from '../../ports/journal-store.ts';
import type { MaybePromise } from '../../ports/maybe-promise.ts';
import type { RecordStore } from '../../ports/record-store.ts';
import type { Program } from '../../program/program.ts';
import { MemoryArtifactStore } from '../memory/artifact-store.ts';
import { CryptoRandom } from '../memory/crypto-random.ts';
import { LocalLeaseKeeper } from '../memory/lease-keeper.ts';
import { TimerClock } from '../memory/timer-clock.ts';
import { ask } from './answer.ts';
import { slotsPerObject } from './shard-runner.ts';
import type { TenantObjects } from './tenant-objects.ts';

export interface TenantProgramsOptions {
  readonly objects: TenantObjects;
  readonly modules: ModuleRegistry;
  readonly kernel: GraphKernel;
  readonly builtIn: (name: string) => MaybePromise<Program | undefined>;
  readonly slots?: number;
}

/** What a tenant has beside its executions, seen from outside its objects; every part of it lies in the object it belongs to. */
export class TenantPrograms {
  readonly programs: ProgramStore;
  readonly records: RecordStore;
  readonly learning: Pick<
    DefaultExecutionEngine,
    'history' | 'profile' | 'bottlenecks' | 'optimizeProgram' | 'revertOptimization' | 'getExecutionStatus'
  >;
  readonly #objects: TenantObjects;

  constructor(options: TenantProgramsOptions) {
    const { objects, builtIn, modules, kernel, slots = slotsPerObject } = options;
    this.#objects = objects;
    this.records = objects.records(objects.catalogueRecords, () => undefined);
    this.programs = new ProgramStore(this.records);
    // It learns from the records of the programs' objects, and drives nothing.
    const engine = new DefaultExecutionEngine({
      ...{ kernel, modules, records: this.records },
      programs: (name) => programNamed(this.programs, builtIn, name),
      journal: journalOf(objects, (filter) => this.list(filter)),
      artifacts: new MemoryArtifactStore(),
      clock: new TimerClock(),
      random: new CryptoRandom(),
      leases: new LocalLeaseKeeper(),
      runner: { slots, start: drivesNothing, close: async () => undefined },
    });
    this.learning = {
      history: (name) => engine.history(name),
      profile: (name) => engine.profile(name),
      bottlenecks: (name) => engine.bottlenecks(name),
      optimizeProgram: (name, how) => engine.optimizeProgram(name, how),
      revertOptimization: (name) => engine.revertOptimization(name),
      getExecutionStatus: (name) => this.#status(name),
    };
  }

  /** Newest first; of one program from its own object. */
  list(filter: ListFilter = {}): Promise<readonly ExecutionSummary[]> {
    const { programName } = filter;
    const index = programName === undefined ? this.#objects.catalogue : this.#objects.program(programKey(programName));
    return ask('the executions could not be listed', () => index.listExecutions(filter));
  }

  /** How many objects have promised to be heard of, and how many of them are late: families for Prometheus. */
  async metrics(nowMs: number): Promise<string> {
    const { promised, overdue } = await ask('the promises could not be counted', () =>
      this.#objects.catalogue.promises(nowMs),
    );
    return prometheusText([
      {
        name: 'heddle_objects_promised',
        help: 'Objects of executions that have promised to be heard of.',
        type: 'gauge',
        samples: [{ value: promised }],
      },
      {
        name: 'heddle_objects_overdue',
        help: 'Those of them whose time is over; the sweep wakes them.',
        type: 'gauge',
        samples: [{ value: overdue }],
      },
    ]);
  }

  /** The object of the latest execution tells how it stands. @throws NOT_FOUND */
  async #status(programName: string): Promise<ProgramStatus> {
    const [latest] = await this.list({ programName, limit: 1 });
    if (latest === undefined)
      throw new HeddleError({ code: 'NOT_FOUND', message: `no execution of a program ${programName} is stored` });
    const status = await ask('an execution could not be asked', () =>
      this.#objects.execution(latest.executionId).programStatus(programName),
    );
    const unfinished = await this.list({ programName, status: ['PENDING', 'RUNNING', 'PAUSED'], limit: 1000 });
    return { ...status, currentExecutions: unfinished.length };
  }
}

/** The version stored last, else the program that came with the Worker. */
export async function programNamed(
  programs: ProgramStore,
  builtIn: (name: string) => MaybePromise<Program | undefined>,
  name: string,
): Promise<Program | undefined> {
  return (await programs.get(name))?.program ?? builtIn(name);
}

/** As much of a journal as is wanted of executions that are driven elsewhere. */
function journalOf(objects: TenantObjects, list: JournalStore['list']): JournalStore {
  return {
    inlineBytesMax: Number.POSITIVE_INFINITY,
    list,
    header: (executionId) =>
      ask('an execution could not be read', () => objects.execution(executionId).header(executionId)),
    create: drivesNothing,
    claim: drivesNothing,
    commit: drivesNothing,
    read: drivesNothing,
    latestCheckpoint: drivesNothing,
    checkpoint: drivesNothing,
    checkpoints: drivesNothing,
    summary: drivesNothing,
    delete: drivesNothing,
  };
}

function drivesNothing(): never {
  throw new HeddleError({ code: 'UNSUPPORTED', message: 'executions are driven by their own objects' });
}
