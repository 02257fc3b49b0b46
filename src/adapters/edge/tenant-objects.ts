import type { ArtifactStore } from '../../ports/artifact-store.ts';
import type { RecordStore } from '../../ports/record-store.ts';
import { type ArtifactsService, CachedArtifacts } from './artifacts-service.ts';
import type { EdgeEnv } from './edge-env.ts';
import { objectNames } from './object-names.ts';
import type { CatalogueService, ExecutionService, ProgramService, RunnerService } from './object-services.ts';
import { ProgramPost } from './program-post.ts';
import type { RecordsService } from './records-service.ts';
import { RemoteRecordStore } from './remote-record-store.ts';
import { RoutedRecordStore } from './routed-record-store.ts';

/** How many objects share what can be shared; a tenant that changes these loses what is cached, and nothing else. */
export interface Sharding {
  readonly runners: number;
  readonly caches: number;
}

/** Scopes of records that belong to one program, named by the first part of their keys. */
const programScopes: ReadonlySet<string> = new Set([
  ...['history', 'history-counts', 'tuning', 'tuning-origins', 'tuning-reverted'],
  ...['program', 'program-latest'],
]);
/** Spread by key; nobody lists them. */
const spreadScopes: ReadonlySet<string> = new Set(['cache', 'idempotency']);

/** The objects of one tenant. Every stub is new: one that has failed stays broken. */
export class TenantObjects {
  readonly #env: EdgeEnv;
  readonly #sharding: Sharding;
  readonly #runnerIds = new Map<number, DurableObjectId>();
  readonly tenant: string;

  constructor(env: EdgeEnv, tenant: string, sharding: Sharding) {
    this.#env = env;
    this.tenant = tenant;
    this.#sharding = sharding;
  }

  execution(executionId: string): ExecutionService {
    return this.#stub(this.#env.EXECUTIONS, this.#names.execution(executionId));
  }

  /** @param key the name of the program, as the keys of its records begin with it */
  program(key: string): ProgramService {
    return this.#stub(this.#env.PROGRAMS, this.#names.program(key));
  }

  runner(index: number): RunnerService {
    const { RUNNERS } = this.#env;
    const id = this.#runnerIds.get(index) ?? RUNNERS.idFromName(this.#names.runner(index));
    this.#runnerIds.set(index, id);
    return RUNNERS.get(id) as unknown as RunnerService;
  }

  cache(key: string): RecordsService & ArtifactsService {
    return this.#stub(this.#env.CACHES, this.#names.cache(key, this.#sharding.caches));
  }

  get catalogue(): CatalogueService {
    return this.#stub(this.#env.CATALOGUES, this.#names.catalogue);
  }

  /** What goes to the programs of this tenant from here. */
  readonly post = new ProgramPost((program) => this.program(program));

  /** @param own what keeps the records of no known scope; those of breakers belong to the program `home()` */
  records(own: RecordStore, home: () => string | undefined): RecordStore {
    const programs = (key: string): RecordStore =>
      new RemoteRecordStore(
        () => this.program(key),
        (counted) => this.post.putCounted(key, counted),
      );
    return new RoutedRecordStore((scope, key) => {
      if (programScopes.has(scope)) return programs(key.split('/', 1)[0] ?? '');
      if (spreadScopes.has(scope)) return new RemoteRecordStore(() => this.cache(`${scope}/${key}`));
      const program = scope === 'breaker' ? home() : undefined;
      return program === undefined ? own : programs(program);
    });
  }

  get catalogueRecords(): RecordStore {
    return new RemoteRecordStore(() => this.catalogue);
  }

  get cachedArtifacts(): ArtifactStore {
    return new CachedArtifacts((digest) => this.cache(digest));
  }

  get #names() {
    return objectNames(this.tenant);
  }

  #stub<T>(namespace: DurableObjectNamespace, name: string): T {
    return namespace.get(namespace.idFromName(name)) as unknown as T;
  }
}
