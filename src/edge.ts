/**
 * heddle/edge: a service on Cloudflare Workers and Durable Objects. A Worker of your own is these lines:
 *
 * ```ts
 * import kernel from 'heddle/kernel.wasm';
 * const service = createWorker({ modules: [mine], kernel });
 * export const ExecutionObject = service.ExecutionObject;
 * export const RunnerObject = service.RunnerObject;
 * export default { fetch: service.fetch };
 * ```
 */
import { DurableObject } from 'cloudflare:workers';
import type { Hono } from 'hono';
import { AlarmClock } from './adapters/edge/alarm-clock.ts';
import { DurableObjectDatabase } from './adapters/edge/durable-object-database.ts';
import { loadKernel } from './adapters/edge/load-kernel.ts';
import { LocalShard } from './adapters/edge/shard.ts';
import { type Shard, ShardRunner } from './adapters/edge/shard-runner.ts';
import { CryptoRandom } from './adapters/memory/crypto-random.ts';
import { LocalLeaseKeeper } from './adapters/memory/lease-keeper.ts';
import { migrate } from './adapters/sql/migrations.ts';
import { SqlArtifactStore } from './adapters/sql/sql-artifact-store.ts';
import { SqlJournalStore } from './adapters/sql/sql-journal-store.ts';
import { SqlRecordStore } from './adapters/sql/sql-record-store.ts';
import type { TenantBackend } from './api/backend.ts';
import { createExecutionApp } from './api/execution-app.ts';
import { createFrontDoor } from './api/front-door.ts';
import { type SocketKeeper, Sockets } from './api/monitor-sockets.ts';
import { HeddleError } from './errors.ts';
import { DefaultExecutionEngine } from './host/default-execution-engine.ts';
import { type AnyModule, ModuleRegistry } from './host/registry.ts';
import type { ResourceOptions } from './host/resource.ts';
import { ResourceManager } from './host/resource-manager.ts';
import { readProgram } from './host/submission.ts';
import type { WasmModule } from './kernel/wasm-kernel.ts';
import type { ModuleCall } from './ports/module-runner.ts';

export interface WorkerOptions {
  readonly modules: readonly AnyModule[];
  /** The imported kernel.wasm. */
  readonly kernel: WasmModule;
  /** Programs that can be started by name: the text of their files. */
  readonly programs?: { readonly [name: string]: string };
  /** Runner objects an execution spreads its CPU-bound modules over; default 4. */
  readonly shards?: number;
  /** What the tasks of one execution share: every execution is an object of its own, and none knows of the others. */
  readonly resources?: ResourceOptions;
}

/** The bindings the Worker needs, by these names. */
export interface EdgeEnv {
  readonly EXECUTIONS: DurableObjectNamespace;
  readonly RUNNERS: DurableObjectNamespace;
  readonly HEDDLE_API_KEY?: string;
}

const shardsDefault = 4;
/** A class to be exported from a Worker under its name. */
export type ObjectClass = new (ctx: DurableObjectState, env: EdgeEnv) => DurableObject<EdgeEnv>;

export interface EdgeService {
  /** The front door: what needs no execution is answered here, everything else by the execution's own object. */
  fetch(request: Request, env: EdgeEnv): Response | Promise<Response>;
  readonly ExecutionObject: ObjectClass;
  readonly RunnerObject: ObjectClass;
}

export function createWorker(options: WorkerOptions): EdgeService {
  return {
    fetch: (request, env) => frontDoor(options, env).fetch(request),
    ExecutionObject: executionObject(options),
    RunnerObject: runnerObject(options),
  };
}

function frontDoor({ modules, kernel, programs = {} }: WorkerOptions, env: EdgeEnv): Hono {
  const registry = new ModuleRegistry(modules);
  const random = new CryptoRandom();
  return createFrontDoor({
    service: {
      modules,
      kernel: loadKernel(kernel),
      builtIn: (name) => {
        const text = Object.hasOwn(programs, name) ? programs[name] : undefined;
        return text === undefined ? undefined : readProgram(text, registry, null);
      },
      now: Date.now,
    },
    tenant: () => withoutCatalogue,
    execution: (tenant, id) => {
      const stub = env.EXECUTIONS.get(env.EXECUTIONS.idFromName(`${tenant}/${id}`));
      return { fetch: (request) => stub.fetch(request) };
    },
    newId: () => random.id('ex'),
    access: env.HEDDLE_API_KEY === undefined ? {} : { keys: [{ id: 'admin', key: env.HEDDLE_API_KEY, role: 'admin' }] },
    // On a machine of one's own there is nobody to tell apart.
    ...(env.HEDDLE_API_KEY !== undefined && { audit: (event) => console.log(JSON.stringify(event)) }),
  });
}

/** Until there is a catalogue, a tenant has the programs that come with the service and what it remembers the ids of. */
const withoutCatalogue: TenantBackend = {
  programs: { get: async () => undefined, versions: async () => [], list: refuse, put: refuse, delete: refuse },
  records: { get: refuse, put: refuse, delete: refuse, list: refuse, sweep: refuse },
  learning: {
    history: refuse,
    profile: refuse,
    bottlenecks: refuse,
    optimizeProgram: refuse,
    revertOptimization: refuse,
    getExecutionStatus: refuse,
  },
  list: refuse,
};

function refuse(): never {
  throw new HeddleError({ code: 'UNSUPPORTED', message: 'this home has no catalogue' });
}

/** One object per execution: its journal, its alarm, its engine. */
function executionObject(options: WorkerOptions): ObjectClass {
  const { modules, kernel, programs = {}, shards = shardsDefault, resources } = options;
  return class ExecutionObject extends DurableObject<EdgeEnv> {
    readonly #clock: AlarmClock;
    readonly #engine: DefaultExecutionEngine;
    readonly #app: Hono;
    readonly #sockets: Sockets;

    constructor(ctx: DurableObjectState, env: EdgeEnv) {
      super(ctx, env);
      const database = new DurableObjectDatabase(ctx.storage);
      migrate(database);
      const registry = new ModuleRegistry(modules);
      const name = ctx.id.toString();
      const random = new CryptoRandom();
      // What comes of the execution has an id that leads to this object.
      const family = () => ctx.id.name?.split('/').at(-1) ?? name;
      this.#clock = new AlarmClock(ctx.storage);
      this.#engine = new DefaultExecutionEngine({
        kernel: loadKernel(kernel),
        programs: (program) => (Object.hasOwn(programs, program) ? programs[program] : undefined),
        modules: registry,
        journal: new SqlJournalStore(database),
        artifacts: new SqlArtifactStore(database),
        // Of this execution alone, until the object of its program keeps them.
        records: new SqlRecordStore(database),
        clock: this.#clock,
        random: { id: (prefix) => `${family()}.${random.id(prefix)}`, seed: () => random.seed() },
        leases: new LocalLeaseKeeper(),
        ...(resources !== undefined && { resources: new ResourceManager({ ...resources, clock: this.#clock }) }),
        runner: new ShardRunner({
          modules: registry,
          shards,
          shard: (index) => env.RUNNERS.get(env.RUNNERS.idFromName(`${name}/${index}`)) as unknown as Shard,
        }),
      });
      this.#sockets = new Sockets(ctx as unknown as SocketKeeper, this.#engine);
      this.#app = createExecutionApp({ engine: this.#engine, now: Date.now }, this.#sockets);
      ctx.blockConcurrencyWhile(async () => this.#resume());
    }

    override async fetch(request: Request): Promise<Response> {
      const response = await this.#app.fetch(request);
      if (request.method === 'POST') await this.#resume();
      return response;
    }

    override async alarm(): Promise<void> {
      this.#clock.alarmed();
      await this.#resume();
    }

    /** Drives whatever is unfinished, and sees to it that the object is woken again until it has ended. */
    async #resume(): Promise<void> {
      await this.#engine.recover();
      await this.#sockets.wake();
      const unfinished = await this.#engine.list({ status: ['PENDING', 'RUNNING', 'PAUSED'], limit: 1 });
      if (unfinished.length > 0) this.#clock.keepAlive();
      else this.#clock.rest();
    }
  };
}

/** Where CPU-bound modules run. */
function runnerObject({ modules }: WorkerOptions): ObjectClass {
  return class RunnerObject extends DurableObject<EdgeEnv> {
    readonly #shard = new LocalShard(new ModuleRegistry(modules));

    run(call: ModuleCall) {
      return this.#shard.run(call);
    }

    abort(call: string) {
      return this.#shard.abort(call);
    }
  };
}
