import { isHeddleError, toErrorData } from '../../errors.ts';
import { DefaultExecutionEngine } from '../../host/default-execution-engine.ts';
import type { ResourceOptions } from '../../host/gates/resource.ts';
import { ResourceManager } from '../../host/gates/resource-manager.ts';
import type { PreparedPrograms } from '../../host/programs/prepared-programs.ts';
import type { ProgramSource } from '../../host/programs/program-source.ts';
import type { ModuleRegistry } from '../../host/registry.ts';
import type { RetentionPolicy } from '../../host/retention-policy.ts';
import type { SecretVault } from '../../host/run/secrecy.ts';
import { estimateBytes } from '../../host/values/estimate-bytes.ts';
import { programKey } from '../../host/values/json-records.ts';
import type { GraphKernel } from '../../kernel/kernel.ts';
import type { ExecutionHeader } from '../../ports/journal-store.ts';
import type { LogSink } from '../../ports/log.ts';
import { after, type MaybePromise } from '../../ports/maybe-promise.ts';
import type { Random } from '../../ports/random.ts';
import type { RecordStore } from '../../ports/record-store.ts';
import { LocalLeaseKeeper } from '../memory/lease-keeper.ts';
import type { StoredPrograms } from '../sql/execution-rows.ts';
import { SqlJournalStore } from '../sql/sql-journal-store.ts';
import { SqlRecordStore } from '../sql/sql-record-store.ts';
import type { AlarmClock } from './alarm-clock.ts';
import { BootGuard } from './boot-guard.ts';
import type { DeferredDatabase } from './deferred-database.ts';
import type { EdgeEnv } from './edge-env.ts';
import type { ExecutionApi, ExecutionApp } from './execution-api.ts';
import { artifactsOf } from './execution-artifacts.ts';
import type { Identity } from './identity.ts';
import { Listening } from './listening.ts';
import { shardOf } from './object-names.ts';
import { answerInQuarantine } from './quarantine-desk.ts';
import { enqueue } from './queued-call.ts';
import { RemoteLimits } from './remote-limits.ts';
import { Reports } from './reports.ts';
import { RootedRandom } from './rooted-random.ts';
import { ShardRunner } from './shard-runner.ts';
import { type Sharding, TenantObjects } from './tenant-objects.ts';
import { UnfinishedExecutions } from './unfinished-executions.ts';
import { WatchedJournalStore } from './watched-journal-store.ts';
import { Watchkeeper } from './watchkeeper.ts';

/** What all execution objects of a Worker have in common. */
export interface ExecutionObjectOptions {
  readonly modules: ModuleRegistry;
  /** What is known of programs, with the kernel that plans them: nothing of it belongs to any object. */
  readonly planning: () => {
    readonly kernel: GraphKernel;
    readonly prepared: PreparedPrograms;
    readonly stored: StoredPrograms;
  };
  /** Programs by name, for sub-programs. */
  readonly programs: (records: RecordStore, name: string) => MaybePromise<ProgramSource | undefined>;
  readonly sharding: Sharding;
  readonly slots?: number;
  readonly resources?: ResourceOptions;
  readonly secrets?: (env: EdgeEnv) => SecretVault;
  readonly log?: LogSink;
  readonly retention: Pick<RetentionPolicy, 'maxAgeMs'>;
  readonly api: ExecutionApi;
}

/** What an execution object needs of its own platform. */
export interface ExecutionPlatform {
  readonly env: EdgeEnv;
  readonly database: DeferredDatabase;
  readonly clock: AlarmClock;
  readonly random: Random;
  /** Resolves when everything written so far is durable. */
  readonly sync: () => Promise<void>;
  readonly sockets: unknown;
}

/** After the first boot that fails the next is tried so long after, then twice as long. */
const bootAgainMs = 1_000;
/** An object that has lived so long after loading has not died of it. */
const livesMs = 3_000;

/** The engine of one execution and of what comes of it (sub-programs, forks), and its care for itself. */
export class ExecutionHost {
  readonly engine: DefaultExecutionEngine;
  readonly listening: Listening;
  readonly #platform: ExecutionPlatform;
  readonly #retention: ExecutionObjectOptions['retention'];
  readonly #journal: SqlJournalStore;
  readonly #unfinished: UnfinishedExecutions;
  readonly #runner: ShardRunner;
  readonly #guard: BootGuard;
  readonly #watch: Watchkeeper;
  readonly #app: ExecutionApp;
  /** In this life of the object, or there was nothing to load when it began. */
  #isLoaded: boolean;
  #loading: Promise<void> | null = null;

  constructor(options: ExecutionObjectOptions, identity: Identity, platform: ExecutionPlatform) {
    const { env, database, clock, random } = platform;
    const { tenant, root } = identity;
    this.#platform = platform;
    this.#retention = options.retention;
    this.#guard = new BootGuard(database, !database.isMade);
    const { stored, ...planning } = options.planning();
    this.#journal = new SqlJournalStore(database, { programs: stored });
    this.#unfinished = new UnfinishedExecutions(this.#journal);
    const objects = new TenantObjects(env, tenant, options.sharding);
    const home = (): string | undefined => {
      const program = this.#journal.summary(root)?.programName;
      return program === undefined ? undefined : programKey(program);
    };
    const life = random.id('life');
    const limits = new RemoteLimits(() => objects.program(home() ?? ''), `${root}/${life}`);
    this.listening = new Listening(identity, life);
    const { queue, secrets } = { queue: env.QUEUE, secrets: options.secrets?.(env) };
    this.#runner = new ShardRunner({
      modules: options.modules,
      shards: options.sharding.runners,
      shard: (index) => this.listening.shard(objects.runner(index)),
      first: () => shardOf(root, options.sharding.runners),
      ...(queue !== undefined && {
        queue: (call) => enqueue(queue, { tenant, call }, estimateBytes(call.input)),
      }),
      ...(secrets !== undefined && { secrets }),
      ...(options.slots !== undefined && { slots: options.slots }),
    });
    const { artifacts, erase } = artifactsOf(objects, database, env);
    const reports = new Reports(database);
    this.#watch = new Watchkeeper({
      ...{ objects, root, clock, reports, erase },
      alerted: () => this.#app.alerted(),
      busy: () => this.#runner.live > 0 || limits.busy,
      unfinished: () => this.#unfinished.any,
      program: (executionId) => this.#journal.summary(executionId)?.programName,
    });
    const records: RecordStore = objects.records(new SqlRecordStore(database), home);
    this.engine = new DefaultExecutionEngine({
      ...planning,
      programs: (name) => options.programs(records, name),
      modules: options.modules,
      journal: new WatchedJournalStore(this.#journal, {
        created: () => {
          this.#unfinished.created();
          this.#watch.created();
        },
        committed: (commit) => {
          this.#unfinished.committed(commit.status);
          this.#watch.committed(commit);
          this.#guard.committed(commit);
        },
        deleting: (executionId, erase) =>
          this.#watch.deleting(executionId, () => after(erase(), () => this.#unfinished.erased())),
      }),
      ...{ artifacts, records, clock, limits, retention: options.retention },
      ...(options.log !== undefined && { log: options.log }),
      random: new RootedRandom(random, root),
      leases: new LocalLeaseKeeper(),
      ...(options.resources !== undefined && { resources: new ResourceManager({ ...options.resources, clock }) }),
      runner: this.#runner,
    });
    this.#isLoaded = !database.isMade || !this.#unfinished.any;
    this.#app = options.api.serve(this.engine, { records: objects.catalogueRecords, sockets: platform.sockets });
  }

  /** Whether anything is stored here. */
  get isKnown(): boolean {
    return this.#platform.database.isMade && !this.#unfinished.isEmpty;
  }

  /** Nothing is stored here any more. */
  close(): void {
    this.#watch.stop();
  }

  header(executionId: string): ExecutionHeader | undefined {
    return this.#journal.header(executionId);
  }

  settleQueued(...answered: Parameters<ShardRunner['settle']>): void {
    this.#runner.settle(...answered);
  }

  /** @throws NOT_ALLOWED in quarantine */
  async fetch(request: Request): Promise<Response> {
    const quarantine = this.#platform.database.isMade ? this.#guard.quarantine : undefined;
    if (quarantine !== undefined) {
      const release = async () => {
        this.#guard.release();
        await this.resume();
      };
      return answerInQuarantine(request, { journal: this.#journal, quarantine, release });
    }
    const response = await this.#app.fetch(request);
    // What a request has begun may have to be driven or told of.
    if (request.method !== 'GET') await this.resume(true);
    return response;
  }

  /** Drives whatever is unfinished. Called at every boot and by every alarm; what fails here is tried again, a few times. */
  async resume(answers = false): Promise<void> {
    if (!this.#platform.database.isMade) return;
    if (this.#guard.quarantine !== undefined) return this.#watch.retire().catch(() => this.#platform.clock.keepAlive());
    if (this.#unfinished.any) {
      this.#loading ??= (this.#isLoaded ? this.#openAll(() => undefined) : this.#load()).finally(() => {
        this.#loading = null;
      });
      await this.#loading;
    }
    await this.#watch.settle(this.#unfinished.any ? undefined : await this.#erasedAtMs(), answers);
  }

  /** Counted before it is begun and after it has succeeded, so that a boot that dies of it is seen by the next. */
  async #load(): Promise<void> {
    const { clock, sync } = this.#platform;
    this.#guard.begin();
    // Should the object die right now, the alarm brings it back.
    clock.keepAlive();
    await sync();
    try {
      await this.engine.recover();
      // Which passes over a damaged execution, so that others go on; here it is what the boot was for.
      await this.#openAll(throwIfCorrupt);
      this.#guard.loaded();
      this.#isLoaded = true;
      await this.#app.wake();
      setTimeout(() => this.#guard.fruitful(), livesMs);
    } catch (thrown) {
      this.#guard.failed(toErrorData(thrown, 'STORAGE_FAILED'));
      clock.alarmBy(clock.now() + bootAgainMs);
    }
  }

  /** Whatever is driven stays as it is; what its driver let go, because a store failed, is driven again. */
  async #openAll(failed: (thrown: unknown) => void): Promise<void> {
    for (const { executionId } of this.#unfinished.list(1000)) await this.engine.open(executionId).catch(failed);
  }

  /** When everything that has ended is to be erased; what is to be erased by now is. */
  async #erasedAtMs(): Promise<number | undefined> {
    const { maxAgeMs } = this.#retention;
    if (maxAgeMs === undefined) return undefined;
    await this.engine.sweep();
    const ended = this.#journal.list({ limit: 1000 });
    if (ended.length === 0) return undefined;
    const lastMs = Math.max(...ended.map(({ updatedAtMs }) => updatedAtMs));
    // What could not be erased is tried again, but not at once.
    return Math.max(lastMs + maxAgeMs, this.#platform.clock.now() + 1000);
  }
}

/** What is begun at this very moment is held by whoever begins it; all else that fails now is tried again by the next alarm. */
function throwIfCorrupt(thrown: unknown): void {
  if (isHeddleError(thrown) && thrown.code === 'CORRUPT') throw thrown;
}
