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
import { ask } from './adapters/edge/answer.ts';
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
import { createApp } from './api/app.ts';
import { type AnyModule, ModuleRegistry } from './host/registry.ts';
import type { ResourceOptions } from './host/resource.ts';
import type { SecretVault } from './host/run-module.ts';
import type { WasmModule } from './kernel/wasm-kernel.ts';
import type { StoredStatus } from './ports/journal-store.ts';

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
  const programNamed = (name: string) => (Object.hasOwn(programs, name) ? programs[name] : undefined);
  return {
    handler: {
      fetch: (request, env) => frontDoor(options, env, sharding).fetch(request),
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
      programs: (_, name) => programNamed(name),
      ...(slots !== undefined && { slots }),
      ...(resources !== undefined && { resources }),
      ...(secrets !== undefined && { secrets }),
      serve: (engine) => {
        const app = createApp({
          // The front door has let the request in; nobody else can reach an object.
          apiKey: undefined,
          executions: { engine, programNamed, executionId: (c) => c.req.header(identityHeaders.executionId) },
        });
        return (request) => {
          const url = new URL(request.url);
          url.hostname = 'localhost';
          return app.fetch(new Request(url, request));
        };
      },
    }),
    ProgramObject: programObject(),
    RunnerObject: runnerObject(registry, secrets),
    CacheObject: cacheObject(),
    CatalogueObject: catalogueObject(sharding),
  };
}

const tenantDefault = 'main';

/** What needs no execution is answered here, everything else by the execution's own object. */
function frontDoor({ modules, kernel }: WorkerOptions, env: EdgeEnv, sharding: Sharding): Hono {
  const app = createApp({ apiKey: env.HEDDLE_API_KEY, programs: { modules, kernel: loadKernel(kernel) } });
  const objects = new TenantObjects(env, tenantDefault, sharding);
  const forward = (request: Request, executionId: string): Promise<Response> => {
    const forwarded = new Request(request);
    forwarded.headers.set(identityHeaders.tenant, tenantDefault);
    forwarded.headers.set(identityHeaders.executionId, executionId);
    return objects.execution(executionId).fetch(forwarded);
  };
  const create = (request: Request): Promise<Response> => forward(request, new CryptoRandom().id('ex'));
  app.get('/v1/executions', async (c) => {
    const { program, status, limit, cursor } = c.req.query();
    const wanted = {
      limit: Math.min(1000, Math.max(1, Number(limit ?? 100) || 100)),
      ...(program !== undefined && { programName: program }),
      ...(status !== undefined && { status: [status as StoredStatus] }),
      ...(cursor !== undefined && { before: cursor }),
    };
    const items = await ask('the catalogue could not be asked', () => objects.catalogue.listExecutions(wanted));
    const next = items.length === wanted.limit ? items.at(-1)?.executionId : undefined;
    return c.json({ items, ...(next !== undefined && { next }) });
  });
  app.post('/v1/executions', (c) => create(c.req.raw));
  app.post('/v1/programs/:name/executions', (c) => create(c.req.raw));
  app.all('/v1/executions/:id/*', (c) => forward(c.req.raw, c.req.param('id')));
  app.all('/v1/executions/:id', (c) => forward(c.req.raw, c.req.param('id')));
  return app;
}
