import type { PublishedFact } from '../../engine/command.ts';
import { MetricsFold, type SavedMetrics } from '../../observe/metrics.ts';
import type { ResourcePrices } from '../../observe/resource-usage.ts';

/** Metrics up to a fact, as they lie in a checkpoint beside the state. */
export interface SavedFigures {
  /** Id of the last fact in them. */
  readonly lastId: number;
  readonly metrics: SavedMetrics;
}

/** The metrics of an execution, kept from one question to the next: each fact is folded once. */
export class Figures {
  readonly metrics: MetricsFold;
  #lastId: number;

  constructor(prices?: ResourcePrices, saved?: SavedFigures) {
    this.metrics = saved === undefined ? new MetricsFold(prices) : MetricsFold.restored(saved.metrics, prices);
    this.#lastId = saved?.lastId ?? 0;
  }

  get lastId(): number {
    return this.#lastId;
  }

  /** @param facts in their order, without a gap; those folded before are passed over */
  take(facts: readonly PublishedFact[]): this {
    const [first] = facts;
    if (first === undefined) return this;
    for (let at = Math.max(0, this.#lastId + 1 - first.id); at < facts.length; at++) {
      const fact = facts[at] as PublishedFact;
      this.metrics.take(fact);
      this.#lastId = fact.id;
    }
    return this;
  }

  save(): SavedFigures | undefined {
    const metrics = this.metrics.save();
    return metrics === undefined ? undefined : { lastId: this.#lastId, metrics };
  }
}
