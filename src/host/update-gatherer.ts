import type { PublishedFact } from '../engine/command.ts';
import { AttemptsFold } from '../observe/attempts.ts';
import { MetricsFold } from '../observe/metrics.ts';
import type { ResourcePrices } from '../observe/resource-usage.ts';
import type { LiveNote } from './attempts.ts';
import { type ExecutionEvent, type ExecutionMessage, viewEvent, viewMessage, viewNote } from './execution-view.ts';

/** What one update tells beyond figures. */
export interface News {
  /** The task that started last among those running. */
  readonly current?: string | undefined;
  readonly events: readonly ExecutionEvent[];
  readonly messages: readonly ExecutionMessage[];
}

/** Gathers what one reader has not been told yet, so that a reader that lags gets it merged into one update. */
export class UpdateGatherer {
  /** Over every fact, also those the reader did not ask for. */
  readonly metrics: MetricsFold;
  readonly #after: number;
  #lastId = 0;
  readonly #attempts = new AttemptsFold();
  #events: ExecutionEvent[] = [];
  #messages: ExecutionMessage[] = [];

  /** @param after id of the last fact the reader knows */
  constructor(after: number, prices?: ResourcePrices) {
    this.metrics = new MetricsFold(prices);
    this.#after = after;
  }

  /** Facts it has been given before are passed over. */
  take(facts: readonly PublishedFact[]): void {
    for (const fact of facts) {
      if (fact.id <= this.#lastId) continue;
      this.#lastId = fact.id;
      this.metrics.take(fact);
      this.#attempts.take(fact);
      if (fact.id <= this.#after) continue;
      this.#events.push(viewEvent(fact));
      const message = viewMessage(fact);
      if (message !== undefined) this.#messages.push(message);
    }
  }

  note(note: LiveNote, atMs: number): void {
    const view = viewNote(note, atMs);
    if ('level' in view) this.#messages.push(view);
    else this.#events.push(view);
  }

  /** What has gathered since the last call; null when nothing has. */
  drain(): News | null {
    if (this.#events.length === 0 && this.#messages.length === 0) return null;
    const news = { current: [...this.#attempts.open.keys()].at(-1), events: this.#events, messages: this.#messages };
    this.#events = [];
    this.#messages = [];
    return news;
  }
}
