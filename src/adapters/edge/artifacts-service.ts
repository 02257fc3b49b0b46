import type { ArtifactStore } from '../../ports/artifact-store.ts';
import { type Answer, answer, ask } from './answer.ts';

/** What an object that keeps artifacts answers to others; a stub of it fits. One message may have 32 MiB. */
export interface ArtifactsService {
  putArtifact(executionId: string, digest: string, bytes: Uint8Array): Promise<Answer<void>>;
  getArtifact(executionId: string, digest: string): Promise<Answer<Uint8Array | undefined>>;
}

export function artifactsService(artifacts: ArtifactStore): ArtifactsService {
  return {
    putArtifact: (executionId, digest, bytes) => answer(() => artifacts.put(executionId, digest, bytes)),
    getArtifact: (executionId, digest) => answer(() => artifacts.get(executionId, digest)),
  };
}

/** Artifacts of cached results, spread over the objects of the cache by their digest. */
export class CachedArtifacts implements ArtifactStore {
  readonly #service: (digest: string) => ArtifactsService;

  /** @param service a new stub each time */
  constructor(service: (digest: string) => ArtifactsService) {
    this.#service = service;
  }

  put(executionId: string, digest: string, bytes: Uint8Array): Promise<void> {
    return ask('an artifact could not be stored', () => this.#service(digest).putArtifact(executionId, digest, bytes));
  }

  get(executionId: string, digest: string): Promise<Uint8Array | undefined> {
    return ask('an artifact could not be read', () => this.#service(digest).getArtifact(executionId, digest));
  }

  /** Nobody asks for all there is in the cache. */
  list(): readonly string[] {
    return [];
  }
}
