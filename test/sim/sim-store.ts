import type { MemoryJournalStore } from '../../src/adapters/memory/journal-store.ts';
import { HeddleError } from '../../src/errors.ts';
import type { Commit, JournalStore } from '../../src/ports/journal-store.ts';
import type { MaybePromise } from '../../src/ports/maybe-promise.ts';
import type { Timeline } from './sim-clock.ts';

export interface SimStoreOptions {
  readonly store: MemoryJournalStore;
  readonly timeline: Timeline;
  readonly alive: () => boolean;
  /** How long a commit takes; null: it is synchronous. */
  readonly commitMs: (() => number) | null;
  /** Whether this commit fails. */
  readonly fails: () => boolean;
  /** Told +1 when a slow commit begins and -1 when it is through. */
  readonly inFlight: (change: 1 | -1) => void;
  /** Whether a commit in flight when the host dies reaches the disk all the same. */
  readonly landsAnyway: () => boolean;
  /** Called with every commit that became durable. */
  readonly committed: (commit: Commit) => void;
}

/**
 * One host's view of the shared, durable store. A commit in flight when the host dies is lost or not, as the order of
 * things has it; a dead host's later commits never arrive.
 */
export function simStore(options: SimStoreOptions): JournalStore {
  const { store, timeline, alive, commitMs, fails, inFlight, landsAnyway, committed } = options;
  const persist = (commit: Commit): void => {
    if (fails())
      throw new HeddleError({ code: 'STORAGE_FAILED', message: 'the simulated disk is full', retryable: true });
    store.commit(commit);
    committed(commit);
  };
  return {
    inlineBytesMax: store.inlineBytesMax,
    create: (header) => store.create(header),
    header: (id) => store.header(id),
    claim: (id) => store.claim(id),
    read: (id, after, limit) => store.read(id, after, limit),
    latestCheckpoint: (id) => store.latestCheckpoint(id),
    checkpoint: (id) => store.checkpoint(id),
    checkpoints: (id) => store.checkpoints(id),
    summary: (id) => store.summary(id),
    list: (filter) => store.list(filter),
    delete: (id) => store.delete(id),
    commit(commit): MaybePromise<void> {
      if (commitMs === null) return persist(commit);
      inFlight(1);
      return new Promise((resolve, reject) => {
        timeline.after(commitMs(), () => {
          inFlight(-1);
          if (!alive() && !landsAnyway()) return;
          try {
            persist(commit);
            if (alive()) resolve();
          } catch (thrown) {
            if (alive()) reject(thrown);
          }
        });
      });
    },
  };
}
