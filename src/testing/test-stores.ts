import { MemoryArtifactStore } from '../adapters/memory/artifact-store.ts';
import { MemoryJournalStore } from '../adapters/memory/journal-store.ts';
import { MemoryRecordStore } from '../adapters/memory/record-store.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { JournalStore } from '../ports/journal-store.ts';
import type { RecordStore } from '../ports/record-store.ts';

/** What outlives an engine: give it to the next one, and that one goes on where the first was. */
export interface TestStores {
  readonly journal: JournalStore;
  readonly artifacts: ArtifactStore;
  readonly records: RecordStore;
}

export function memoryStores(): TestStores {
  const artifacts = new MemoryArtifactStore();
  return { journal: new MemoryJournalStore(artifacts), artifacts, records: new MemoryRecordStore() };
}
