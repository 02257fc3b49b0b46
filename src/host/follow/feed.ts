import type { PublishedFact } from '../../engine/command.ts';
import type { LiveNote } from '../view/live-note.ts';

export type FeedItem =
  | { readonly facts: readonly PublishedFact[] }
  | { readonly note: LiveNote; readonly atMs: number }
  | { readonly end: true };

/** Messages of modules that are kept for whoever begins to listen just after them. */
const logsMax = 64;

/** What an execution has told so far, and who listens. Facts are kept from `firstId` on; older ones are in the journal. */
export class Feed {
  readonly #facts: PublishedFact[] = [];
  readonly #listeners = new Set<(item: FeedItem) => void>();
  readonly #logs: { readonly note: LiveNote; readonly atMs: number }[] = [];
  #ended = false;

  /** @param lastId id of the last fact published before this feed began */
  constructor(readonly lastIdBefore: number) {}

  get facts(): readonly PublishedFact[] {
    return this.#facts;
  }

  /** Nothing more will come: the execution has ended, or its driver was stopped. */
  get ended(): boolean {
    return this.#ended;
  }

  publish(facts: readonly PublishedFact[]): void {
    for (let at = 0; at < facts.length; at++) this.#facts.push(facts[at] as PublishedFact);
    if (this.#listeners.size > 0) this.#tell({ facts });
  }

  /** The last messages of modules since this feed began. */
  get logs(): readonly { readonly note: LiveNote; readonly atMs: number }[] {
    return this.#logs;
  }

  note(note: LiveNote, atMs: number): void {
    if (note.kind === 'log') this.#logs.push({ note, atMs });
    if (this.#logs.length > logsMax) this.#logs.shift();
    this.#tell({ note, atMs });
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#tell({ end: true });
    this.#listeners.clear();
  }

  /** The execution was set back to a checkpoint after its end: it goes on. */
  reopen(): void {
    this.#ended = false;
  }

  /** @returns how to stop listening */
  listen(listener: (item: FeedItem) => void): () => void {
    if (!this.#ended) this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(item: FeedItem): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(item);
      } catch (thrown) {
        // A watcher's fault is the watcher's: it must neither stop the execution nor its fellow watchers.
        queueMicrotask(() => {
          throw thrown;
        });
      }
    }
  }
}
