import type { MaybePromise } from './maybe-promise.ts';

/**
 * Large values by the SHA-256 digest (hex) of their canonical bytes, kept per execution so that deleting one erases its
 * artifacts. `put` of a digest that is there does nothing. Adapters chunk below the platform's row limit and verify the
 * digest on `get` (CORRUPT). test/contract/artifact-store.contract.ts is the specification.
 */
export interface ArtifactStore {
  put(executionId: string, digest: string, bytes: Uint8Array): MaybePromise<void>;
  get(executionId: string, digest: string): MaybePromise<Uint8Array | undefined>;
  list(executionId: string): MaybePromise<readonly string[]>;
}
