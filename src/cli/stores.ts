import { MemoryArtifactStore } from '../adapters/memory/artifact-store.ts';
import { MemoryJournalStore } from '../adapters/memory/journal-store.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { JournalStore } from '../ports/journal-store.ts';

/** Where the executions of one call are kept. */
export interface Stores {
  readonly journal: JournalStore;
  readonly artifacts: ArtifactStore;
  close(): void | Promise<void>;
}

/** A SQLite file in the folder, which is made when it is not there; memory without a folder. */
export async function openStores(folder: string | undefined): Promise<Stores> {
  if (folder === undefined) {
    const artifacts = new MemoryArtifactStore();
    return { journal: new MemoryJournalStore(artifacts), artifacts, close: () => undefined };
  }
  throw new Error('not yet');
}
