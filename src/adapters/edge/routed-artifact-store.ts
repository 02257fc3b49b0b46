import type { ArtifactStore } from '../../ports/artifact-store.ts';
import type { MaybePromise } from '../../ports/maybe-promise.ts';

/** Sends each artifact to the store that keeps those of its execution. */
export class RoutedArtifactStore implements ArtifactStore {
  readonly #route: (executionId: string) => ArtifactStore;

  constructor(route: (executionId: string) => ArtifactStore) {
    this.#route = route;
  }

  put(executionId: string, digest: string, bytes: Uint8Array): MaybePromise<void> {
    return this.#route(executionId).put(executionId, digest, bytes);
  }

  get(executionId: string, digest: string): MaybePromise<Uint8Array | undefined> {
    return this.#route(executionId).get(executionId, digest);
  }

  list(executionId: string): MaybePromise<readonly string[]> {
    return this.#route(executionId).list(executionId);
  }
}
