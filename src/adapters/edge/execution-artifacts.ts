import type { ArtifactStore } from '../../ports/artifact-store.ts';
import { SqlArtifactStore } from '../sql/sql-artifact-store.ts';
import type { SqlDatabase } from '../sql/sql-database.ts';
import type { EdgeEnv } from './edge-env.ts';
import { ObjectArtifactStore } from './object-artifact-store.ts';
import { RoutedArtifactStore } from './routed-artifact-store.ts';
import type { TenantObjects } from './tenant-objects.ts';

/** In the object itself, large ones in the bucket if there is one, those of cached results in the objects of the cache. */
export function artifactsOf(objects: TenantObjects, database: SqlDatabase, { ARTIFACTS: bucket }: EdgeEnv) {
  const { tenant } = objects;
  const large = (inner: ArtifactStore) =>
    bucket === undefined ? undefined : new ObjectArtifactStore({ inner, bucket, tenant });
  const local = new SqlArtifactStore(database);
  const own = large(local);
  const cached = objects.cachedArtifacts;
  return {
    artifacts: new RoutedArtifactStore((executionId) =>
      executionId === 'cache' ? (large(cached) ?? cached) : (own ?? local),
    ),
    erase: async (executionId: string) => own?.erase(executionId),
  };
}
