import type { PublishedFact } from '../engine/command.ts';
import { addUsage, type Usage } from '../engine/usage.ts';
import { isEndOfExecution, isSetBack } from './attempts.ts';
import { type ResourcePrices, ResourceUsageFold } from './resource-usage.ts';

/** Figures of an execution. Times are in ms, rates 0 to 1. Everything is measured on the event log, nothing is guessed. */
export interface ExecutionMetrics {
  /** From the start to the end, or to now. */
  readonly totalDuration: number;
  /** The part of it in which at least one attempt ran. */
  readonly effectiveDuration: number;
  /** What the resources held by tasks cost by their prices; 0 where none has a price. */
  readonly totalCost: number;
  /** Time spent in attempts, over the most attempts that ever ran at once times effectiveDuration. */
  readonly resourceEfficiency: number;
  /** Share of ended tasks that succeeded at the first attempt (first-pass yield); 1 before any ended. */
  readonly qualityScore: number;
  /** Succeeded tasks over ended ones; 1 before any ended. */
  readonly successRate: number;
  /** Succeeded tasks per second of totalDuration. */
  readonly throughput: number;
  /** Failed attempts over ended ones; 0 before any ended. */
  readonly errorRate: number;
  /** Tasks whose module ran to success. */
  readonly tasksExecuted: number;
  readonly tasksCached: number;
  readonly tasksSkipped: number;
  /** What modules told of the services they used, sub-programs included. Costs in US dollars, of calls whose price is known. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
}

/** A fold as data. */
export interface SavedMetrics {
  readonly startedAtMs: number | null;
  readonly lastAtMs: number;
  readonly ended: boolean;
  readonly effectiveMs: number;
  readonly attemptMs: number;
  readonly attemptsMax: number;
  readonly used: Usage;
  readonly running: readonly string[];
  readonly counts: Counts;
}

interface Counts {
  executed: number;
  firstTime: number;
  failed: number;
  cached: number;
  skipped: number;
  attemptsEnded: number;
  attemptsFailed: number;
}

/** Folds published facts into metrics. */
export class MetricsFold {
  #startedAtMs: number | null = null;
  #lastAtMs = 0;
  #ended = false;
  #effectiveMs = 0;
  #attemptMs = 0;
  #attemptsMax = 0;
  readonly #usage: ResourceUsageFold;
  #used: Usage | undefined;
  #running = new Set<string>();
  #counts: Counts = {
    executed: 0,
    firstTime: 0,
    failed: 0,
    cached: 0,
    skipped: 0,
    attemptsEnded: 0,
    attemptsFailed: 0,
  };

  constructor(prices?: ResourcePrices) {
    this.#usage = new ResourceUsageFold(prices);
  }

  static of(facts: readonly PublishedFact[], prices?: ResourcePrices): MetricsFold {
    const metrics = new MetricsFold(prices);
    for (let at = 0; at < facts.length; at++) metrics.take(facts[at] as PublishedFact);
    return metrics;
  }

  /** Goes on from where another fold was when it was saved. */
  static restored(saved: SavedMetrics, prices?: ResourcePrices): MetricsFold {
    const metrics = new MetricsFold(prices);
    metrics.#startedAtMs = saved.startedAtMs;
    metrics.#lastAtMs = saved.lastAtMs;
    metrics.#ended = saved.ended;
    metrics.#effectiveMs = saved.effectiveMs;
    metrics.#attemptMs = saved.attemptMs;
    metrics.#attemptsMax = saved.attemptsMax;
    metrics.#used = Object.keys(saved.used).length === 0 ? undefined : saved.used;
    metrics.#running = new Set(saved.running);
    metrics.#counts = { ...saved.counts };
    return metrics;
  }

  /** Undefined once tasks have held resources: what became of each is as long as the log itself. */
  save(): SavedMetrics | undefined {
    if (!this.#usage.isEmpty) return undefined;
    return {
      startedAtMs: this.#startedAtMs,
      lastAtMs: this.#lastAtMs,
      ended: this.#ended,
      effectiveMs: this.#effectiveMs,
      attemptMs: this.#attemptMs,
      attemptsMax: this.#attemptsMax,
      used: this.#used ?? {},
      running: [...this.#running],
      counts: { ...this.#counts },
    };
  }

  take(fact: PublishedFact): void {
    this.#advance(fact.atMs);
    this.#usage.take(fact);
    if (fact.usage !== undefined) this.#used = this.#used === undefined ? fact.usage : addUsage(this.#used, fact.usage);
    const { taskId } = fact;
    if (fact.type === 'EXECUTION_STARTED') this.#startedAtMs = fact.atMs;
    if (isEndOfExecution(fact.type)) this.#ended = true;
    if (isSetBack(fact)) {
      this.#ended = false;
      this.#running.clear();
    }
    if (taskId !== undefined) this.#takeTask(fact, taskId);
  }

  /** @param nowMs the end of totalDuration while the execution runs */
  snapshot(nowMs: number): ExecutionMetrics {
    const { executed, firstTime, failed, cached, skipped, attemptsEnded, attemptsFailed } = this.#counts;
    const untilMs = this.#ended ? this.#lastAtMs : Math.max(nowMs, this.#lastAtMs);
    const totalDuration = this.#startedAtMs === null ? 0 : untilMs - this.#startedAtMs;
    const openMs = this.#ended ? 0 : untilMs - this.#lastAtMs;
    const effectiveDuration = this.#effectiveMs + (this.#running.size > 0 ? openMs : 0);
    const attemptMs = this.#attemptMs + this.#running.size * openMs;
    const ended = executed + cached + failed;
    return {
      totalDuration,
      effectiveDuration,
      totalCost: this.#usage.cost(untilMs),
      resourceEfficiency: ratio(attemptMs, this.#attemptsMax * effectiveDuration, 0),
      qualityScore: ratio(firstTime + cached, ended, 1),
      successRate: ratio(executed + cached, ended, 1),
      throughput: ratio(executed + cached, totalDuration / 1000, 0),
      errorRate: ratio(attemptsFailed, attemptsEnded, 0),
      tasksExecuted: executed,
      tasksCached: cached,
      tasksSkipped: skipped,
      inputTokens: this.#used?.inputTokens ?? 0,
      outputTokens: this.#used?.outputTokens ?? 0,
      costUsd: this.#used?.costUsd ?? 0,
    };
  }

  /** What modules told, all together; undefined when none told anything. */
  get used(): Usage | undefined {
    return this.#used;
  }

  /** What tasks used of the resources they held. */
  get usage(): ResourceUsageFold {
    return this.#usage;
  }

  #advance(atMs: number): void {
    const elapsedMs = this.#startedAtMs === null ? 0 : Math.max(0, atMs - this.#lastAtMs);
    if (this.#running.size > 0) this.#effectiveMs += elapsedMs;
    this.#attemptMs += elapsedMs * this.#running.size;
    this.#lastAtMs = Math.max(this.#lastAtMs, atMs);
  }

  #takeTask(fact: PublishedFact, taskId: string): void {
    const counts = this.#counts;
    // A forEach node starts and completes without an attempt of its own; only attempts are work.
    const isAttempt = fact.attempt !== undefined;
    switch (fact.type) {
      case 'TASK_STARTED':
        if (isAttempt) this.#running.add(taskId);
        this.#attemptsMax = Math.max(this.#attemptsMax, this.#running.size);
        return;
      case 'TASK_COMPLETED':
        if (!isAttempt) return;
        counts.executed++;
        counts.attemptsEnded++;
        if (fact.attempt === 1) counts.firstTime++;
        break;
      case 'TASK_CACHED':
        counts.cached++;
        break;
      case 'TASK_RETRIED':
        counts.attemptsEnded++;
        if (fact.error !== undefined) counts.attemptsFailed++;
        break;
      case 'TASK_FAILED':
        counts.failed++;
        if (isAttempt) counts.attemptsEnded++;
        if (isAttempt) counts.attemptsFailed++;
        break;
      case 'TASK_SKIPPED':
        counts.skipped++;
        break;
      case 'TASK_COMPENSATED':
        counts.attemptsEnded++;
        break;
      case 'TASK_CANCELLED':
        break;
      default:
        return;
    }
    this.#running.delete(taskId);
  }
}

function ratio(part: number, whole: number, otherwise: number): number {
  return whole > 0 ? part / whole : otherwise;
}
