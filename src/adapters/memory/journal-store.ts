import type { JournalEntry } from '../../engine/event.ts';
import { alreadyExists, commitRefusal, notStored } from '../../ports/journal-refusals.ts';
import type {
  Commit,
  ExecutionHeader,
  ExecutionSummary,
  JournalStore,
  ListFilter,
  StoredCheckpoint,
  StoredStatus,
} from '../../ports/journal-store.ts';
import type { MemoryArtifactStore } from './artifact-store.ts';

interface Record {
  readonly header: ExecutionHeader;
  readonly entries: JournalEntry[];
  readonly checkpoints: Map<string, StoredCheckpoint>;
  epoch: number;
  status: StoredStatus;
  updatedAtMs: number;
}

/** Journals in a map, entries kept as they are: nothing is encoded, hashed or copied. Gone with the process. */
export class MemoryJournalStore implements JournalStore {
  readonly inlineBytesMax = Number.POSITIVE_INFINITY;
  readonly #records = new Map<string, Record>();
  readonly #artifacts: MemoryArtifactStore;

  constructor(artifacts: MemoryArtifactStore) {
    this.#artifacts = artifacts;
  }

  create(header: ExecutionHeader): void {
    const { executionId, createdAtMs } = header;
    if (this.#records.has(executionId)) throw alreadyExists(executionId);
    this.#records.set(executionId, {
      header,
      entries: [],
      checkpoints: new Map(),
      epoch: 0,
      status: 'PENDING',
      updatedAtMs: createdAtMs,
    });
  }

  header(executionId: string): ExecutionHeader | undefined {
    return this.#records.get(executionId)?.header;
  }

  claim(executionId: string): number {
    const record = this.#get(executionId);
    record.epoch++;
    return record.epoch;
  }

  commit(commit: Commit): void {
    const { executionId, entries, status, atMs, checkpoint } = commit;
    const record = this.#get(executionId);
    const refused = commitRefusal(commit, record.epoch, record.entries.length);
    if (refused !== undefined) throw refused;
    for (let index = 0; index < entries.length; index++) record.entries.push(entries[index] as JournalEntry);
    record.status = status;
    record.updatedAtMs = atMs;
    if (checkpoint !== undefined) record.checkpoints.set(checkpoint.checkpointId, checkpoint);
  }

  read(executionId: string, afterSeq: number, limit = Number.POSITIVE_INFINITY): readonly JournalEntry[] {
    return this.#records.get(executionId)?.entries.slice(afterSeq, afterSeq + limit) ?? [];
  }

  latestCheckpoint(executionId: string): StoredCheckpoint | undefined {
    return this.#bySeq(executionId).at(-1);
  }

  checkpoint(checkpointId: string): StoredCheckpoint | undefined {
    for (const { checkpoints } of this.#records.values()) {
      const found = checkpoints.get(checkpointId);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  checkpoints(executionId: string): readonly Omit<StoredCheckpoint, 'bytes'>[] {
    return this.#bySeq(executionId).map(({ bytes: _, ...checkpoint }) => checkpoint);
  }

  summary(executionId: string): ExecutionSummary | undefined {
    const record = this.#records.get(executionId);
    return record === undefined ? undefined : summaryOf(record);
  }

  list({ programName, status, limit = 100, before }: ListFilter = {}): readonly ExecutionSummary[] {
    const all = [...this.#records.values()].map(summaryOf).sort(newestFirst);
    const start = before === undefined ? 0 : all.findIndex(({ executionId }) => executionId === before) + 1;
    return all
      .slice(start)
      .filter(
        (summary) =>
          (programName === undefined || summary.programName === programName) &&
          (status?.includes(summary.status) ?? true),
      )
      .slice(0, limit);
  }

  delete(executionId: string): void {
    this.#records.delete(executionId);
    this.#artifacts.delete(executionId);
  }

  #get(executionId: string): Record {
    const record = this.#records.get(executionId);
    if (record === undefined) throw notStored(executionId);
    return record;
  }

  #bySeq(executionId: string): readonly StoredCheckpoint[] {
    return [...(this.#records.get(executionId)?.checkpoints.values() ?? [])].sort((a, b) => a.seq - b.seq);
  }
}

function summaryOf({ header, status, updatedAtMs }: Record): ExecutionSummary {
  const { executionId, programName, programDigest, createdAtMs } = header;
  return { executionId, programName, programDigest, status, createdAtMs, updatedAtMs };
}

function newestFirst(a: ExecutionSummary, b: ExecutionSummary): number {
  return b.createdAtMs - a.createdAtMs || (a.executionId < b.executionId ? 1 : -1);
}
