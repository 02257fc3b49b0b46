import type { NewRecord } from '../../ports/record-store.ts';
import { SqlArtifactStore } from '../sql/sql-artifact-store.ts';
import { type ArtifactsService, artifactsService } from './artifacts-service.ts';
import type { EdgeEnv, ObjectClass } from './edge-env.ts';
import { RecordsObject } from './records-object.ts';

/** What has expired is swept so often. */
const sweepMs = 3_600_000;

/** A part of the result cache of a tenant: claims and results by key, whoever is first claims in one atomic write. */
export function cacheObject(): ObjectClass {
  return class CacheObject extends RecordsObject implements ArtifactsService {
    readonly #artifacts: ArtifactsService;
    #willSweep = false;

    constructor(ctx: DurableObjectState, env: EdgeEnv) {
      super(ctx, env);
      this.#artifacts = artifactsService(new SqlArtifactStore(this.database));
    }

    override async alarm(): Promise<void> {
      this.store.sweep(Date.now());
      this.#willSweep = false;
    }

    override async putRecord(record: NewRecord, expectedVersion: number | null) {
      if (record.expiresAtMs !== undefined && !this.#willSweep) {
        this.#willSweep = true;
        if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now() + sweepMs);
      }
      return super.putRecord(record, expectedVersion);
    }

    putArtifact(executionId: string, digest: string, bytes: Uint8Array) {
      return this.#artifacts.putArtifact(executionId, digest, bytes);
    }

    getArtifact(executionId: string, digest: string) {
      return this.#artifacts.getArtifact(executionId, digest);
    }
  };
}
