import type { PublishedFact } from '../engine/command.ts';
import { type ExecutionMetrics, MetricsFold } from './metrics.ts';
import type { ResourcePrices } from './resource-usage.ts';
import { TaskCountsFold } from './task-counts.ts';

/**
 * What alerts can be set on: every field of ExecutionMetrics, and
 *
 * - `execution_duration`: ms from the start to the end, or to now; the same as totalDuration, under the name S5 uses
 * - `progress`: 0 to 100
 * - `cpu_usage`, `memory_usage`, where the platform measures them (`Machine`): percent of what the machine has
 * - `failed_tasks`, `retries`, `running_tasks`, `late_results`, `queue_length`: the fields of TaskCounts
 */
export class AlertMetrics {
  readonly #metrics: MetricsFold;
  readonly #counts = new TaskCountsFold();
  #progress = 0;

  constructor(prices?: ResourcePrices) {
    this.#metrics = new MetricsFold(prices);
  }

  /** The names of the metrics there are. */
  static names(): readonly string[] {
    return Object.keys(new AlertMetrics().values(0));
  }

  take(fact: PublishedFact): void {
    this.#metrics.take(fact);
    this.#counts.take(fact);
  }

  /** Facts do not tell how many tasks there are, so whoever knows says it. */
  progressed(percentage: number): void {
    this.#progress = percentage;
  }

  metrics(nowMs: number): ExecutionMetrics {
    return this.#metrics.snapshot(nowMs);
  }

  values(nowMs: number): Readonly<Record<string, number>> {
    const metrics = this.#metrics.snapshot(nowMs);
    const { failed, retries, running, late, queued } = this.#counts.snapshot(nowMs);
    return {
      ...metrics,
      execution_duration: metrics.totalDuration,
      progress: this.#progress,
      failed_tasks: failed,
      retries,
      running_tasks: running,
      late_results: late,
      queue_length: queued,
    };
  }
}
