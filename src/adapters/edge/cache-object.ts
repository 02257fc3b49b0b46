import { DurableObject } from 'cloudflare:workers';
import type { Counts } from '../../ports/counts.ts';
import type { NewRecord, RecordFilter } from '../../ports/record-store.ts';
import { migrate } from '../sql/migrations.ts';
import { SqlArtifactStore } from '../sql/sql-artifact-store.ts';
import { SqlRecordStore } from '../sql/sql-record-store.ts';
import { type ArtifactsService, artifactsService } from './artifacts-service.ts';
import { DurableObjectDatabase } from './durable-object-database.ts';
import type { EdgeEnv, ObjectClass } from './edge-env.ts';
import { type RecordsService, recordsService } from './records-service.ts';

/** What has expired is swept so often. */
const sweepMs = 3_600_000;

/** A part of the result cache of a tenant: claims and results by key, whoever is first claims in one atomic write. */
export function cacheObject(): ObjectClass {
  return class CacheObject extends DurableObject<EdgeEnv> implements RecordsService, ArtifactsService {
    readonly #store: SqlRecordStore;
    readonly #records: RecordsService;
    readonly #artifacts: ArtifactsService;
    #willSweep = false;

    constructor(ctx: DurableObjectState, env: EdgeEnv) {
      super(ctx, env);
      const database = new DurableObjectDatabase(ctx.storage);
      migrate(database);
      this.#store = new SqlRecordStore(database);
      this.#records = recordsService(this.#store);
      this.#artifacts = artifactsService(new SqlArtifactStore(database));
    }

    override async alarm(): Promise<void> {
      this.#store.sweep(Date.now());
      this.#willSweep = false;
    }

    getRecord(scope: string, key: string) {
      return this.#records.getRecord(scope, key);
    }

    async putRecord(record: NewRecord, expectedVersion: number | null) {
      if (record.expiresAtMs !== undefined && !this.#willSweep) {
        this.#willSweep = true;
        if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now() + sweepMs);
      }
      return this.#records.putRecord(record, expectedVersion);
    }

    countRecord(scope: string, key: string, changes: Counts) {
      return this.#records.countRecord(scope, key, changes);
    }

    deleteRecord(scope: string, key: string, expectedVersion?: number) {
      return this.#records.deleteRecord(scope, key, expectedVersion);
    }

    listRecords(scope: string, filter: RecordFilter) {
      return this.#records.listRecords(scope, filter);
    }

    putArtifact(executionId: string, digest: string, bytes: Uint8Array) {
      return this.#artifacts.putArtifact(executionId, digest, bytes);
    }

    getArtifact(executionId: string, digest: string) {
      return this.#artifacts.getArtifact(executionId, digest);
    }
  };
}
