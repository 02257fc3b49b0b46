import type { PublishedFact } from '../../engine/command.ts';
import type { HeddleError } from '../../errors.ts';
import type { MetricsFold } from '../../observe/metrics.ts';
import type { ResourcePrices } from '../../observe/resource-usage.ts';
import { limits } from '../../program/limits.ts';
import type { ExecutionUpdate } from '../view/execution-view.ts';
import type { Feed } from './feed.ts';
import { type News, type Said, UpdateGatherer } from './update-gatherer.ts';

export interface ReaderOptions {
  readonly feed: Feed;
  /** Id of the last event the reader knows. */
  readonly after: number;
  readonly prices?: ResourcePrices | undefined;
  /** Every fact so far, from the first: the fact of an id stands at the index below it. */
  readonly facts: () => Promise<readonly PublishedFact[]>;
  readonly update: (metrics: MetricsFold, news: News) => ExecutionUpdate;
  /** Why nothing more comes although the execution has not ended; null when it has. */
  readonly halted: () => HeddleError | null;
  /** Default {@link limits.unreadEventsMax}. */
  readonly unreadMax?: number;
}

type Result = IteratorResult<ExecutionUpdate, undefined>;

/**
 * One reader of an execution. What it holds for a reader that is slow is bounded: the past is read in pages when they are asked
 * for, and what comes in the meantime is gathered up to a limit. It begins to listen with the first `next`, and lets go
 * with `return` at once, whatever is waited for.
 */
export class UpdateReader implements AsyncIterableIterator<ExecutionUpdate, undefined> {
  readonly #options: ReaderOptions;
  readonly #unreadMax: number;
  readonly #gathered: UpdateGatherer;
  /** Calls of `next` are answered one after another. */
  #turn: Promise<unknown> = Promise.resolve();
  #wake: () => void = () => undefined;
  #stopListening: (() => void) | null = null;
  #closed = false;
  /** Facts the reader has been told of from the past, up to those it will be told of so. */
  #cursor: number;
  #pastTo = 0;
  /** What modules said before it listened. */
  #logs: Said[] = [];

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#unreadMax = options.unreadMax ?? limits.unreadEventsMax;
    this.#gathered = new UpdateGatherer(options.after, this.#unreadMax, options.prices);
    this.#cursor = options.after;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Entries held for the reader at the moment. */
  get unread(): number {
    return this.#gathered.size;
  }

  /** Rejects once when the driver stopped before the end. */
  next(): Promise<Result> {
    const answer = this.#turn.then(() => this.#next());
    this.#turn = answer.catch(() => undefined);
    return answer;
  }

  async return(): Promise<Result> {
    this.#close();
    return { done: true, value: undefined };
  }

  async #next(): Promise<Result> {
    try {
      if (this.#stopListening === null && !this.#closed) await this.#begin();
      for (;;) {
        if (this.#closed) return { done: true, value: undefined };
        // What has gathered is taken in the same breath as it is asked whether more will come: nothing comes in between unseen.
        const news = this.#cursor < this.#pastTo ? await this.#page() : this.#gathered.drain();
        if (this.#closed) continue;
        if (news !== null) return { done: false, value: this.#options.update(this.#gathered.metrics, news) };
        if (this.#options.feed.ended) {
          const halted = this.#options.halted();
          if (halted !== null) throw halted;
          this.#close();
        } else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
      }
    } catch (thrown) {
      this.#close();
      throw thrown;
    }
  }

  /** Listening begins before the past is read, so that nothing falls between the two. */
  async #begin(): Promise<void> {
    const gathered = this.#gathered;
    let early: PublishedFact[] | null = [];
    this.#stopListening = this.#options.feed.listen((item) => {
      if ('note' in item) gathered.note(item.note, item.atMs);
      else if ('facts' in item) early === null ? gathered.take(item.facts) : early.push(...item.facts);
      this.#wake();
    });
    // A short program has ended before anybody could listen to it.
    if (this.#options.after === 0) this.#logs = [...this.#options.feed.logs];
    const past = await this.#options.facts();
    this.#pastTo = past.length;
    gathered.fold(past);
    gathered.take(early);
    early = null;
  }

  async #page(): Promise<News> {
    const until = Math.min(this.#cursor + this.#unreadMax, this.#pastTo);
    const page = (await this.#options.facts()).slice(this.#cursor, until);
    this.#cursor = until;
    return this.#gathered.tell(until < this.#pastTo ? page : [...page, ...this.#logs.splice(0)]);
  }

  #close(): void {
    this.#closed = true;
    this.#stopListening?.();
    this.#wake();
  }
}
