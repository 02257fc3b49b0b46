import type { PublishedFact } from '../../engine/command.ts';
import { AttemptsFold } from '../../observe/attempts.ts';
import { MetricsFold } from '../../observe/metrics.ts';
import type { ResourcePrices } from '../../observe/resource-usage.ts';
import {
  type ExecutionEvent,
  type ExecutionMessage,
  type Lag,
  viewEvent,
  viewMessage,
  viewNote,
} from '../view/execution-view.ts';
import type { LiveNote } from '../view/live-note.ts';

/** What one update tells beyond figures. */
export interface News {
  /** The task that started last among those running. */
  readonly current?: string | undefined;
  readonly events: readonly ExecutionEvent[];
  readonly messages: readonly ExecutionMessage[];
  readonly lag?: Lag;
}

export type Said = { readonly note: LiveNote; readonly atMs: number };
type Entry = PublishedFact | Said;

/**
 * Gathers what one reader has not been told yet, so that a reader that lags gets it merged into one update. It holds at most
 * `max` entries and what came in one breath: beyond that what is live goes first, then everything, told as a lag.
 */
export class UpdateGatherer {
  /** Over every fact, also those the reader did not ask for. */
  readonly metrics: MetricsFold;
  readonly #after: number;
  readonly #max: number;
  readonly #attempts = new AttemptsFold();
  #lastId = 0;
  #entries: Entry[] = [];
  #notes = 0;
  #skippedFrom: number | null = null;
  #skippedTo = 0;
  #liveSkipped = 0;

  /** @param after id of the last fact the reader knows */
  constructor(after: number, max: number, prices?: ResourcePrices) {
    this.metrics = new MetricsFold(prices);
    this.#after = after;
    this.#max = max;
  }

  /** Entries held at the moment. */
  get size(): number {
    return this.#entries.length;
  }

  /** Takes facts into the figures that the reader is told of in another way. Facts given before are passed over. */
  fold(facts: Iterable<PublishedFact>): void {
    for (const fact of facts) this.#fold(fact);
  }

  /** Facts it has been given before are passed over. */
  take(facts: readonly PublishedFact[]): void {
    if (this.#entries.length > 0 && this.#entries.length + facts.length > this.#max) this.#makeRoom(facts.length);
    for (const fact of facts) {
      if (this.#fold(fact) && fact.id > this.#after) this.#entries.push(fact);
    }
  }

  note(note: LiveNote, atMs: number): void {
    if (this.#entries.length >= this.#max) {
      // To make room is only worth it where that frees a good part.
      if (this.#notes * 2 < this.#max) {
        this.#liveSkipped++;
        return;
      }
      this.#skipNotes();
    }
    this.#entries.push({ note, atMs });
    this.#notes++;
  }

  /** What has gathered since the last call; null when nothing has. */
  drain(): News | null {
    if (this.#entries.length === 0 && this.#skippedFrom === null && this.#liveSkipped === 0) return null;
    const lag = this.#lag();
    const news = this.tell(this.#entries);
    this.#entries = [];
    this.#notes = 0;
    return lag === undefined ? news : { ...news, lag };
  }

  /** As news, now. */
  tell(entries: readonly Entry[]): News {
    const events: ExecutionEvent[] = [];
    const messages: ExecutionMessage[] = [];
    for (const entry of entries) {
      const told = 'note' in entry ? [viewNote(entry.note, entry.atMs)] : [viewEvent(entry), viewMessage(entry)];
      for (const one of told) {
        if (one === undefined) continue;
        if ('level' in one) messages.push(one);
        else events.push(one);
      }
    }
    return { current: [...this.#attempts.open.keys()].at(-1), events, messages };
  }

  #fold(fact: PublishedFact): boolean {
    if (fact.id <= this.#lastId) return false;
    this.#lastId = fact.id;
    this.metrics.take(fact);
    this.#attempts.take(fact);
    return true;
  }

  #makeRoom(wanted: number): void {
    this.#skipNotes();
    const [first] = this.#entries;
    const last = this.#entries.at(-1);
    if (this.#entries.length + Math.min(wanted, this.#max / 2) <= this.#max) return;
    if (first === undefined || last === undefined || 'note' in first || 'note' in last) return;
    this.#skippedFrom ??= first.id;
    this.#skippedTo = last.id;
    this.#entries = [];
  }

  #skipNotes(): void {
    this.#entries = this.#entries.filter((entry) => !('note' in entry));
    this.#liveSkipped += this.#notes;
    this.#notes = 0;
  }

  #lag(): Lag | undefined {
    if (this.#skippedFrom === null && this.#liveSkipped === 0) return undefined;
    const from = this.#skippedFrom ?? this.#lastId + 1;
    const lag = { skippedFrom: from, skippedTo: Math.max(this.#skippedTo, from - 1), live: this.#liveSkipped };
    this.#skippedFrom = null;
    this.#skippedTo = 0;
    this.#liveSkipped = 0;
    return lag;
  }
}
