/**
 * heddle/edge: a service on Cloudflare Workers and Durable Objects. A Worker of your own is these lines:
 *
 * ```ts
 * import { createWorker } from 'heddle/edge';
 * import kernel from 'heddle/kernel.wasm';
 * import { mine } from './my-modules.ts';
 *
 * const worker = createWorker({ modules: [mine], kernel });
 * export const { ExecutionObject, ProgramObject, RunnerObject, CacheObject, CatalogueObject } = worker;
 * export default worker.handler;
 * ```
 */
import type { Hono } from 'hono';
import { cacheObject } from './adapters/edge/cache-object.ts';
import { catalogueObject, sweepAll } from './adapters/edge/catalogue-object.ts';
import { checkBindings, type EdgeEnv, type ObjectClass } from './adapters/edge/edge-env.ts';
import type { ExecutionObjectOptions } from './adapters/edge/execution-host.ts';
import { executionObject, toExecution } from './adapters/edge/execution-object.ts';
import { loadKernel } from './adapters/edge/load-kernel.ts';
import { programObject } from './adapters/edge/program-object.ts';
import { type CallBatch, consume } from './adapters/edge/queued-call.ts';
import { runnerObject } from './adapters/edge/runner-object.ts';
import { TenantObjects } from './adapters/edge/tenant-objects.ts';
import { programNamed, TenantPrograms } from './adapters/edge/tenant-programs.ts';
import { CryptoRandom } from './adapters/memory/crypto-random.ts';
import { type AccessSettings, readAccess } from './api/access-settings.ts';
import { alertScopes } from './api/alerts.ts';
import type { ServiceBackend } from './api/backend.ts';
import { beginsExecution, executionApps, refusal } from './api/execution-app.ts';
import { createFrontDoor } from './api/front-door.ts';
import { type SocketKeeper, Sockets } from './api/monitor-sockets.ts';
import { RateLimit } from './api/rate-limit.ts';
import type { ResourceOptions } from './host/gates/resource.ts';
import { PreparedPrograms } from './host/programs/prepared-programs.ts';
import { ProgramStore } from './host/programs/program-store.ts';
import { readProgram } from './host/programs/submission.ts';
import { type AnyModule, ModuleRegistry } from './host/registry.ts';
import { checkRetention, type RetentionPolicy } from './host/retention-policy.ts';
import type { SecretVault } from './host/run/secrecy.ts';
import type { WasmModule } from './kernel/wasm-kernel.ts';
import type { LogSink } from './ports/log.ts';

export type { EdgeEnv, ObjectClass } from './adapters/edge/edge-env.ts';
export { defineModule } from './ports/module.ts';

export interface WorkerOptions {
  readonly modules: readonly AnyModule[];
  /** The imported kernel.wasm. */
  readonly kernel: WasmModule;
  /** Programs that can be started by name: the text of their files. */
  readonly programs?: { readonly [name: string]: string };
  /** Who may do what, and how often; by default as the secrets HEDDLE_API_KEY, ... say. Without any, only this machine is served. */
  readonly access?: (env: EdgeEnv) => AccessSettings;
  /** Objects that the CPU-bound modules of a tenant are spread over; default 8. */
  readonly runners?: number;
  /** Objects that the cached results of a tenant are spread over; default 8. */
  readonly caches?: number;
  /** Attempts of one execution at once; default 6, as many connections as an object may have open. */
  readonly slots?: number;
  /** What the tasks of one execution share. */
  readonly resources?: ResourceOptions;
  /** Where the log of an object goes, one line at a time; default: nowhere. */
  readonly log?: LogSink;
  /** An execution is erased so long after its end, by an alarm of its object; default: never. */
  readonly retention?: Pick<RetentionPolicy, 'maxAgeMs'>;
  /** Lends secrets to modules; none by default. */
  readonly secrets?: (env: EdgeEnv) => SecretVault;
}

/** To be the default export: requests, the cron that wakes overdue executions, and the queue. */
export interface EdgeHandler {
  fetch(request: Request, env: EdgeEnv): Response | Promise<Response>;
  scheduled(event: { readonly scheduledTime: number }, env: EdgeEnv): Promise<void>;
  queue(batch: CallBatch, env: EdgeEnv): Promise<void>;
}

/** A Worker, to be exported: the handler as default, the classes by these names. */
export interface EdgeWorker {
  readonly handler: EdgeHandler;
  readonly ExecutionObject: ObjectClass;
  readonly ProgramObject: ObjectClass;
  readonly RunnerObject: ObjectClass;
  readonly CacheObject: ObjectClass;
  readonly CatalogueObject: ObjectClass;
}

const shardsDefault = 8;
/** Of each caller, in each isolate of the Worker. */
const rateDefault = { perSecond: 100, burst: 1000 };

export function createWorker(options: WorkerOptions): EdgeWorker {
  const { slots, resources, secrets, log } = options;
  const modules = new ModuleRegistry(options.modules);
  const sharding = { runners: options.runners ?? shardsDefault, caches: options.caches ?? shardsDefault };
  const builtIn = builtInOf(options, modules);
  const objectsOf = (env: EdgeEnv, tenant: string) => new TenantObjects(env, tenant, sharding);
  const executionApp = executionApps(Date.now);
  return {
    handler: {
      fetch: frontDoor(options, modules, objectsOf),
      async scheduled({ scheduledTime }, env) {
        await sweepAll(env, sharding, scheduledTime);
      },
      queue: (batch, env) =>
        consume(batch, {
          shards: sharding.runners,
          shard: (tenant, index) => objectsOf(env, tenant).runner(index),
          settle: (tenant, executionId, ...told) =>
            objectsOf(env, tenant)
              .execution(executionId)
              .settle(...told),
        }),
    },
    ExecutionObject: executionObject({
      ...{ modules, sharding },
      planning: planningOf(options, modules),
      programs: (records, name) => programNamed(new ProgramStore(records), builtIn, name),
      ...(slots !== undefined && { slots }),
      ...(resources !== undefined && { resources }),
      ...(secrets !== undefined && { secrets }),
      ...(log !== undefined && { log }),
      retention: checkRetention(options.retention ?? {}),
      api: {
        begins: beginsExecution,
        refuse: refusal,
        serve(engine, { records, sockets: keeper }) {
          const sockets = new Sockets(keeper as SocketKeeper, engine);
          const app = executionApp({ engine, records, alertsAreTold: true, now: Date.now }, sockets);
          return { fetch: app.fetch, wake: () => sockets.wake(), alerted: app.alerted };
        },
      },
    }),
    ProgramObject: programObject(),
    RunnerObject: runnerObject(modules, sharding, secrets),
    CacheObject: cacheObject(),
    CatalogueObject: catalogueObject(sharding, alertScopes[0]),
  };
}

/** What needs no execution is answered in the Worker, everything else by the execution's own object. */
function frontDoor(
  options: WorkerOptions,
  modules: ModuleRegistry,
  objectsOf: (env: EdgeEnv, tenant: string) => TenantObjects,
): EdgeHandler['fetch'] {
  const { access: accessOf = readAccess, slots } = options;
  const builtIn = builtInOf(options, modules);
  const open = (env: EdgeEnv): Hono => {
    checkBindings(env);
    const kernel = loadKernel(options.kernel);
    const random = new CryptoRandom();
    const { access, origins, rate = rateDefault } = accessOf(env);
    // On a machine of one's own there is nobody to tell apart.
    const isLocal = access.keys === undefined && access.jwt === undefined;
    return createFrontDoor({
      service: {
        modules: options.modules,
        ...{ kernel, builtIn },
        now: Date.now,
        checks: checksOf(env, objectsOf(env, 'heddle-ready')),
      },
      tenant(name) {
        const objects = objectsOf(env, name);
        const tenant = new TenantPrograms({
          ...{ objects, modules, kernel, builtIn },
          ...(slots !== undefined && { slots }),
        });
        const { programs, records, learning } = tenant;
        return {
          ...{ programs, records, learning },
          list: (filter) => tenant.list(filter),
          metrics: () => tenant.metrics(Date.now()),
        };
      },
      execution: (tenant, id) => ({
        fetch: (request) =>
          objectsOf(env, tenant)
            .execution(id)
            .fetch(toExecution(request, { tenant, root: id })),
      }),
      newId: () => random.id('ex'),
      access,
      ...(!isLocal && { rateLimit: new RateLimit(rate) }),
      ...(origins !== undefined && { origins }),
      ...(!isLocal && { audit: (event) => console.log(JSON.stringify(event)) }),
    });
  };
  // One for each set of bindings, which in production is one for each isolate.
  const doors = new WeakMap<EdgeEnv, Hono>();
  return (request, env) => {
    const door = doors.get(env) ?? open(env);
    doors.set(env, door);
    return door.fetch(request);
  };
}

/** What readiness depends on: an object of each kind that requests meet before an execution, and what is bound. */
function checksOf({ ARTIFACTS }: EdgeEnv, objects: TenantObjects): NonNullable<ServiceBackend['checks']> {
  const records = objects.records(objects.catalogueRecords, () => undefined);
  return {
    catalogue: () => records.get('ready', 'ready'),
    programs: () => records.get('program-latest', 'ready'),
    cache: () => records.get('idempotency', 'ready'),
    ...(ARTIFACTS !== undefined && { artifacts: () => ARTIFACTS.list({ prefix: 'heddle-ready/' }) }),
  };
}

/** Made with the first execution of an isolate, for all of them: a program is read and planned once, not by each of its executions. */
function planningOf({ kernel: module, resources }: WorkerOptions, modules: ModuleRegistry) {
  let planning: ReturnType<ExecutionObjectOptions['planning']> | null = null;
  return () => {
    if (planning !== null) return planning;
    const kernel = loadKernel(module);
    planning = { kernel, prepared: new PreparedPrograms({ kernel, modules, resources }), stored: new WeakMap() };
    return planning;
  };
}

function builtInOf({ programs = {} }: WorkerOptions, modules: ModuleRegistry) {
  return (name: string) => {
    const text = Object.hasOwn(programs, name) ? programs[name] : undefined;
    return text === undefined ? undefined : readProgram(text, modules, null);
  };
}
