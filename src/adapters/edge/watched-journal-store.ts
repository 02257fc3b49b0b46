import type { JournalEntry } from '../../engine/event.ts';
import type {
  Commit,
  ExecutionHeader,
  ExecutionSummary,
  JournalStore,
  ListFilter,
  StoredCheckpoint,
} from '../../ports/journal-store.ts';
import { after, type MaybePromise } from '../../ports/maybe-promise.ts';

export interface JournalWatcher {
  /** In the very turn in which an execution was created, as `committed`. */
  created(): void;
  /** In the very turn of the commit, so that what is written here is as durable as the commit. */
  committed(commit: Commit): void;
  /** @param erase takes it out of the journal, which is to be done when nobody is told of it any more */
  deleting(executionId: string, erase: () => MaybePromise<void>): MaybePromise<void>;
}

/** A journal that tells of what is stored in it. */
export class WatchedJournalStore implements JournalStore {
  readonly inlineBytesMax: number;
  readonly #inner: JournalStore;
  readonly #watcher: JournalWatcher;

  constructor(inner: JournalStore, watcher: JournalWatcher) {
    this.#inner = inner;
    this.#watcher = watcher;
    this.inlineBytesMax = inner.inlineBytesMax;
  }

  create(header: ExecutionHeader): MaybePromise<void> {
    return after(this.#inner.create(header), () => this.#watcher.created());
  }

  header(executionId: string): MaybePromise<ExecutionHeader | undefined> {
    return this.#inner.header(executionId);
  }

  claim(executionId: string): MaybePromise<number> {
    return this.#inner.claim(executionId);
  }

  commit(commit: Commit): MaybePromise<void> {
    return after(this.#inner.commit(commit), () => this.#watcher.committed(commit));
  }

  read(executionId: string, afterSeq: number, limit?: number): MaybePromise<readonly JournalEntry[]> {
    return this.#inner.read(executionId, afterSeq, limit);
  }

  latestCheckpoint(executionId: string): MaybePromise<StoredCheckpoint | undefined> {
    return this.#inner.latestCheckpoint(executionId);
  }

  checkpoint(checkpointId: string): MaybePromise<StoredCheckpoint | undefined> {
    return this.#inner.checkpoint(checkpointId);
  }

  checkpoints(executionId: string): MaybePromise<readonly Omit<StoredCheckpoint, 'bytes'>[]> {
    return this.#inner.checkpoints(executionId);
  }

  summary(executionId: string): MaybePromise<ExecutionSummary | undefined> {
    return this.#inner.summary(executionId);
  }

  list(filter?: ListFilter): MaybePromise<readonly ExecutionSummary[]> {
    return this.#inner.list(filter);
  }

  delete(executionId: string): MaybePromise<void> {
    return this.#watcher.deleting(executionId, () => this.#inner.delete(executionId));
  }
}
