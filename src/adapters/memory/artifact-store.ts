import { HeddleError } from '../../errors.ts';
import type { ArtifactStore } from '../../ports/artifact-store.ts';
import { sha256Hex } from '../../program/digest.ts';

/** Artifacts in a map; gone with the process. */
export class MemoryArtifactStore implements ArtifactStore {
  readonly #byExecution = new Map<string, Map<string, Uint8Array>>();

  put(executionId: string, digest: string, bytes: Uint8Array): void {
    const artifacts = this.#byExecution.get(executionId) ?? new Map<string, Uint8Array>();
    if (!artifacts.has(digest)) artifacts.set(digest, bytes.slice());
    this.#byExecution.set(executionId, artifacts);
  }

  get(executionId: string, digest: string): Uint8Array | undefined {
    const bytes = this.#byExecution.get(executionId)?.get(digest);
    if (bytes !== undefined && sha256Hex(bytes) !== digest) {
      throw new HeddleError({
        code: 'CORRUPT',
        message: `artifact ${digest} of execution ${executionId} has been changed`,
      });
    }
    return bytes?.slice();
  }

  list(executionId: string): readonly string[] {
    return [...(this.#byExecution.get(executionId)?.keys() ?? [])].sort();
  }

  delete(executionId: string): void {
    this.#byExecution.delete(executionId);
  }
}
