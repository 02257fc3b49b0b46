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
import { createApp } from './api/app.ts';
import { DefaultExecutionEngine } from './host/default-execution-engine.ts';
import { type AnyModule, ModuleRegistry } from './host/registry.ts';
import type { ResourceOptions } from './host/resource.ts';
import { ResourceManager } from './host/resource-manager.ts';
import { checkRetention, type RetentionPolicy } from './host/retention.ts';
import type { WasmModule } from './kernel/wasm-kernel.ts';
import type { LogSink } from './ports/log.ts';
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
  /** Where the log of an object goes, one line at a time; default: nowhere. */
  readonly log?: LogSink;
  /** An execution is erased so long after its end, by an alarm of its object; default: never. */
  readonly retention?: Pick<RetentionPolicy, 'maxAgeMs'>;
}

/** The bindings the Worker needs, by these names. */
export interface EdgeEnv {
  readonly EXECUTIONS: DurableObjectNamespace;
  readonly RUNNERS: DurableObjectNamespace;
  readonly HEDDLE_API_KEY?: string;
}

const shardsDefault = 4;
/** Set by the Worker on the way to an object, and only believed there: objects have no other entrance. */
const idHeader = 'heddle-execution-id';

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

function frontDoor({ modules, kernel }: WorkerOptions, env: EdgeEnv): Hono {
  const app = createApp({ apiKey: env.HEDDLE_API_KEY, programs: { modules, kernel: loadKernel(kernel) } });
  const forward = (request: Request, executionId: string): Promise<Response> => {
    const forwarded = new Request(request);
    forwarded.headers.set(idHeader, executionId);
    return env.EXECUTIONS.get(env.EXECUTIONS.idFromName(executionId)).fetch(forwarded);
  };
  const create = (request: Request): Promise<Response> => forward(request, new CryptoRandom().id('ex'));
  app.post('/v1/executions', (c) => create(c.req.raw));
  app.post('/v1/programs/:name/executions', (c) => create(c.req.raw));
  app.all('/v1/executions/:id/*', (c) => forward(c.req.raw, c.req.param('id')));
  app.get('/v1/executions/:id', (c) => forward(c.req.raw, c.req.param('id')));
  return app;
}

/** One object per execution: its journal, its alarm, its engine. */
function executionObject(options: WorkerOptions): ObjectClass {
  const { modules, kernel, programs = {}, shards = shardsDefault, resources, log } = options;
  const retention = checkRetention(options.retention ?? {});
  return class ExecutionObject extends DurableObject<EdgeEnv> {
    readonly #clock: AlarmClock;
    readonly #engine: DefaultExecutionEngine;
    readonly #app: Hono;

    constructor(ctx: DurableObjectState, env: EdgeEnv) {
      super(ctx, env);
      const database = new DurableObjectDatabase(ctx.storage);
      migrate(database);
      const registry = new ModuleRegistry(modules);
      const name = ctx.id.toString();
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
        random: new CryptoRandom(),
        leases: new LocalLeaseKeeper(),
        ...(log !== undefined && { log }),
        retention,
        ...(resources !== undefined && { resources: new ResourceManager({ ...resources, clock: this.#clock }) }),
        runner: new ShardRunner({
          modules: registry,
          shards,
          shard: (index) => env.RUNNERS.get(env.RUNNERS.idFromName(`${name}/${index}`)) as unknown as Shard,
        }),
      });
      this.#app = createApp({
        // The front door has let the request in; nobody else can reach an object.
        apiKey: undefined,
        executions: {
          engine: this.#engine,
          programNamed: (program) => programs[program],
          executionId: (c) => c.req.header(idHeader),
        },
      });
      ctx.blockConcurrencyWhile(async () => this.#resume());
    }

    override async fetch(request: Request): Promise<Response> {
      const url = new URL(request.url);
      url.hostname = 'localhost';
      const response = await this.#app.fetch(new Request(url, request));
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
      const unfinished = await this.#engine.list({ status: ['PENDING', 'RUNNING', 'PAUSED'], limit: 1 });
      if (unfinished.length > 0) this.#clock.keepAlive();
      else this.#clock.rest(await this.#erasedAtMs());
    }

    /** When everything that has ended is to be erased; what is to be erased by now is. */
    async #erasedAtMs(): Promise<number | undefined> {
      if (retention.maxAgeMs === undefined) return undefined;
      await this.#engine.sweep();
      const ended = await this.#engine.list({ limit: 1000 });
      if (ended.length === 0) return undefined;
      const lastMs = Math.max(...ended.map(({ updatedAtMs }) => updatedAtMs));
      // What could not be erased is tried again, but not at once.
      return Math.max(lastMs + retention.maxAgeMs, Date.now() + 1000);
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
