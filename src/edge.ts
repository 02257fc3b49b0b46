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
import type { EdgeEnv, ObjectClass } from './adapters/edge/edge-env.ts';
import { executionObject, identityHeaders } from './adapters/edge/execution-object.ts';
import { loadKernel } from './adapters/edge/load-kernel.ts';
import { programObject } from './adapters/edge/program-object.ts';
import { type CallBatch, consume } from './adapters/edge/queued-call.ts';
import { runnerObject } from './adapters/edge/runner-object.ts';
import { type Sharding, TenantObjects } from './adapters/edge/tenant-objects.ts';
import { CryptoRandom } from './adapters/memory/crypto-random.ts';
import { readAccess } from './api/access-settings.ts';
import { createExecutionApp } from './api/execution-app.ts';
import { createFrontDoor } from './api/front-door.ts';
import { type SocketKeeper, Sockets } from './api/monitor-sockets.ts';
import { tenantDefault } from './api/principal.ts';
import { RateLimit } from './api/rate-limit.ts';
import { builtIn, storedProgram, tenantBackend } from './edge-tenant.ts';
import { type AnyModule, ModuleRegistry } from './host/registry.ts';
import type { ResourceOptions } from './host/resource.ts';
import type { SecretVault } from './host/run-module.ts';
import type { WasmModule } from './kernel/wasm-kernel.ts';

export type { EdgeEnv, ObjectClass } from './adapters/edge/edge-env.ts';
export { defineModule } from './ports/module.ts';

export interface WorkerOptions {
  readonly modules: readonly AnyModule[];
  /** The imported kernel.wasm. */
  readonly kernel: WasmModule;
  /** Programs that can be started by name: the text of their files. */
  readonly programs?: { readonly [name: string]: string };
  /** Objects that the CPU-bound modules of a tenant are spread over; default 8. */
  readonly runners?: number;
  /** Objects that the cached results of a tenant are spread over; default 8. */
  readonly caches?: number;
  /** Attempts of one execution at once; default 6, as many connections as an object may have open. */
  readonly slots?: number;
  /** What the tasks of one execution share. */
  readonly resources?: ResourceOptions;
  /** Lends secrets to modules; none by default. */
  readonly secrets?: (env: EdgeEnv) => SecretVault;
}

export interface EdgeWorker {
  /** To be the default export: requests, the cron that wakes overdue executions, and the queue. */
  readonly handler: {
    fetch(request: Request, env: EdgeEnv): Response | Promise<Response>;
    scheduled(event: { readonly scheduledTime: number }, env: EdgeEnv): Promise<void>;
    queue(batch: CallBatch, env: EdgeEnv): Promise<void>;
  };
  readonly ExecutionObject: ObjectClass;
  readonly ProgramObject: ObjectClass;
  readonly RunnerObject: ObjectClass;
  readonly CacheObject: ObjectClass;
  readonly CatalogueObject: ObjectClass;
}

const shardsDefault = 8;

export function createWorker(options: WorkerOptions): EdgeWorker {
  const { modules, kernel, programs = {}, slots, resources, secrets } = options;
  const registry = new ModuleRegistry(modules);
  const sharding = { runners: options.runners ?? shardsDefault, caches: options.caches ?? shardsDefault };
  // Its routes, its rate limits and its kernel are made once for each environment.
  const doors = new WeakMap<EdgeEnv, Hono>();
  return {
    handler: {
      fetch(request, env) {
        const door = doors.get(env) ?? frontDoor(options, env, sharding);
        doors.set(env, door);
        return door.fetch(request);
      },
      async scheduled({ scheduledTime }, env) {
        await sweepAll(env, sharding, scheduledTime);
      },
      queue: (batch, env) =>
        consume(batch, {
          shards: sharding.runners,
          shard: (tenant, index) => new TenantObjects(env, tenant, sharding).runner(index),
          settle: (tenant, executionId, call, answered) =>
            new TenantObjects(env, tenant, sharding).execution(executionId).settle(call, answered),
        }),
    },
    ExecutionObject: executionObject({
      modules: registry,
      kernel: () => loadKernel(kernel),
      sharding,
      programs: async (objects, name) => (await storedProgram(objects, name)) ?? builtIn(programs, registry, name),
      ...(slots !== undefined && { slots }),
      ...(resources !== undefined && { resources }),
      ...(secrets !== undefined && { secrets }),
      serve: (engine, objects, keeper) => {
        const sockets = new Sockets(keeper as unknown as SocketKeeper, engine);
        const app = createExecutionApp({ engine, records: objects.catalogueRecords, now: Date.now }, sockets);
        return { fetch: async (request) => app.fetch(request), woken: () => sockets.wake() };
      },
    }),
    ProgramObject: programObject(),
    RunnerObject: runnerObject(registry, secrets),
    CacheObject: cacheObject(),
    CatalogueObject: catalogueObject(sharding),
  };
}

/** Of each caller, in each isolate of the Worker. */
const rateDefault = { perSecond: 100, burst: 1000 };

/** What needs no execution is answered here, everything else by the execution's own object. */
function frontDoor({ modules, kernel, programs = {} }: WorkerOptions, env: EdgeEnv, sharding: Sharding): Hono {
  const registry = new ModuleRegistry(modules);
  const random = new CryptoRandom();
  const { access, origins, rate } = readAccess(env);
  const isLocal = access.keys === undefined && access.jwt === undefined;
  const service = {
    modules,
    kernel: loadKernel(kernel),
    builtIn: (name: string) => builtIn(programs, registry, name),
    now: Date.now,
  };
  return createFrontDoor({
    service: {
      ...service,
      checks: { catalogue: () => new TenantObjects(env, tenantDefault, sharding).catalogueRecords.get('ready', '') },
    },
    tenant: (tenant) => tenantBackend(new TenantObjects(env, tenant, sharding), service, registry),
    execution: (tenant, id) => ({
      fetch(request) {
        request.headers.set(identityHeaders.tenant, tenant);
        request.headers.set(identityHeaders.executionId, id);
        return new TenantObjects(env, tenant, sharding).execution(id).fetch(request);
      },
    }),
    newId: () => random.id('ex'),
    access,
    ...(!isLocal && { rateLimit: new RateLimit(rate ?? rateDefault) }),
    ...(origins !== undefined && { origins }),
    // On a machine of one's own there is nobody to tell apart.
    ...(!isLocal && { audit: (event) => console.log(JSON.stringify(event)) }),
  });
}
