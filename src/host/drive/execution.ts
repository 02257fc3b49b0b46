import type { PublishedFact } from '../../engine/command.ts';
import type { Event } from '../../engine/event.ts';
import type { ExecutionState } from '../../engine/state.ts';
import { type ErrorData, HeddleError } from '../../errors.ts';
import { isEndOfExecution } from '../../observe/attempts.ts';
import { MetricsFold } from '../../observe/metrics.ts';
import { progressOf } from '../../observe/progress.ts';
import type { ResourcePrices } from '../../observe/resource-usage.ts';
import { type ExecutionStatus, isTerminal, statusOf } from '../../observe/status.ts';
import type { Plan } from '../../plan/plan.ts';
import type { ExecutionHeader } from '../../ports/journal-store.ts';
import type { Strategy } from '../../program/program.ts';
import { Feed } from '../follow/feed.ts';
import type { News } from '../follow/update-gatherer.ts';
import { UpdateReader } from '../follow/update-reader.ts';
import type { Values } from '../values/values.ts';
import {
  type ExecutionEvent,
  type ExecutionResult,
  type ExecutionUpdate,
  viewError,
  viewEvent,
  viewUsage,
  withTimeline,
} from '../view/execution-view.ts';
import type { DriverView } from './driver-view.ts';
import { Figures, type SavedFigures } from './figures.ts';

export interface ExecutionParts {
  readonly header: ExecutionHeader;
  readonly plan: Plan;
  readonly state: ExecutionState;
  readonly values: Values;
  readonly now: () => number;
  /** Of the resources of this host. */
  readonly prices?: ResourcePrices;
  /** Of every fact before this host has begun to look; absent when they have to be read from the journal. */
  readonly figures?: Figures;
  /** Every fact since the beginning, from the journal. */
  readonly history: () => Promise<readonly PublishedFact[]>;
}

/** One execution as its host sees it: the state, what it told, and the driver while this host drives it. */
export class Execution {
  readonly header: ExecutionHeader;
  readonly plan: Plan;
  readonly feed: Feed;
  readonly values: Values;
  readonly #options: ExecutionParts;
  #state: ExecutionState;
  #driver: DriverView | null = null;
  #result: ExecutionResult | undefined;
  #building: Promise<ExecutionResult> | null = null;
  #halted: ErrorData | null = null;
  /** As long as there is room for it: a reader asks for it once a page, and replaying a long journal takes its time. */
  #past: WeakRef<readonly PublishedFact[]> | null = null;
  #figures: Figures | undefined;

  constructor(options: ExecutionParts) {
    this.#options = options;
    this.header = options.header;
    this.plan = options.plan;
    this.#state = options.state;
    this.values = options.values;
    this.#figures = options.figures;
    this.feed = new Feed(options.state.published);
    if (isTerminal(statusOf(options.state))) this.feed.end();
  }

  get state(): ExecutionState {
    return this.#state;
  }

  get id(): string {
    return this.header.executionId;
  }

  /** As of the last commit. */
  get status(): ExecutionStatus {
    return this.#driver?.status ?? statusOf(this.state);
  }

  /** The one asked for, or the program's, or the one that fits it. */
  get strategy(): Strategy {
    return this.state.options.strategy ?? this.plan.strategy.strategy;
  }

  get driven(): boolean {
    return this.#driver !== null && !this.#driver.stopped;
  }

  /** The finished result, once {@link complete} has put it together. */
  get finishedResult(): ExecutionResult | undefined {
    return this.#result;
  }

  drive(driver: DriverView): void {
    this.#driver = driver;
  }

  /** The state in memory has contradicted itself: this one, folded anew from the journal, takes its place. */
  replace(state: ExecutionState): void {
    this.#state = state;
    this.#driver = null;
    this.#figures = undefined;
  }

  halt(error: ErrorData): void {
    this.#halted = error;
    this.feed.end();
  }

  /** @throws NOT_ALLOWED when this host does not drive the execution */
  deliver(event: Event): void {
    if (this.#driver === null || this.#driver.stopped) {
      throw new HeddleError({
        code: 'NOT_ALLOWED',
        message: `execution ${this.id} is not driven by this host`,
        hint: 'open it first',
      });
    }
    this.#driver.deliver(event);
  }

  /** Every fact from the first; from memory when this host has seen them all, or has lately read those it has not. */
  async facts(): Promise<readonly PublishedFact[]> {
    const { lastIdBefore, facts } = this.feed;
    if (lastIdBefore === 0) return facts;
    let past = this.#past?.deref();
    if (past === undefined) {
      past = await this.#options.history();
      this.#past = new WeakRef(past);
    }
    // What is past stays as it is, and what came after it is in the feed: ids count from 1 without a gap.
    const lastId = facts.at(-1)?.id ?? lastIdBefore;
    return past.length >= lastId ? past : [...past, ...facts.slice(past.length - lastIdBefore)];
  }

  /** Resolves with the fact that satisfies `wanted`, now or later; rejects when the driver stops before. */
  async until(wanted: (fact: PublishedFact) => boolean): Promise<void> {
    if (this.feed.facts.some(wanted)) return;
    await new Promise<void>((resolve, reject) => {
      if (this.feed.ended) return reject(this.#gone());
      const stop = this.feed.listen((item) => {
        if ('facts' in item && item.facts.some(wanted)) {
          stop();
          resolve();
        } else if ('end' in item) reject(this.#gone());
      });
    });
  }

  /** Delivers an event and waits for the fact that answers it. @throws NOT_ALLOWED when this host does not drive the execution */
  async ask(event: Event, answered: (fact: PublishedFact) => boolean): Promise<void> {
    const lastId = this.feed.facts.at(-1)?.id ?? this.feed.lastIdBefore;
    const done = this.until((fact) => fact.id > lastId && answered(fact));
    // Should the delivery fail, nobody waits any more.
    done.catch(() => undefined);
    this.deliver(event);
    await done;
  }

  /** Waits for the end and puts the result together. Rejects when the driver stops before the end. */
  async complete(): Promise<ExecutionResult> {
    if (!isTerminal(this.status)) await this.until(isEnd);
    if (this.#result !== undefined) return this.#result;
    // Whoever waits for it while it is being put together waits for the same; a failure is tried again by the next.
    this.#building ??= this.#buildResult().finally(() => (this.#building = null));
    this.#result = await this.#building;
    return this.#result;
  }

  /** How it stands now, without events. */
  async update(): Promise<ExecutionUpdate> {
    this.#figures ??= new Figures(this.#options.prices).take(await this.facts());
    return this.#update(this.#figures.take(this.feed.facts).metrics, { events: [], messages: [] });
  }

  /** To be saved beside the state, which is ahead of the feed by these facts; undefined when the journal has to be read for them. */
  figuresWith(facts: readonly PublishedFact[]): SavedFigures | undefined {
    const figures = this.#figures?.take(this.feed.facts).take(facts);
    return figures?.lastId === this.state.published ? figures.save() : undefined;
  }

  async events(after = 0, limit = Number.POSITIVE_INFINITY): Promise<readonly ExecutionEvent[]> {
    // Ids count from 1 without a gap, so the fact after `after` stands at that index.
    return (await this.facts()).slice(after, after + limit).map(viewEvent);
  }

  /**
   * Updates from the fact after `after` on, until the end. A reader that lags gets what it missed merged into one update, and a
   * `lag` where that was too much. Ends early only by an error (the driver stopped) or by the reader.
   */
  monitor(after = 0): UpdateReader {
    return new UpdateReader({
      feed: this.feed,
      after,
      prices: this.#options.prices,
      facts: () => this.facts(),
      update: (metrics, news) => this.#update(metrics, news),
      halted: () => (this.#halted === null ? null : this.#gone()),
    });
  }

  #update(metrics: MetricsFold, { current, ...news }: News): ExecutionUpdate {
    const nowMs = this.#options.now();
    return {
      executionId: this.id,
      timestamp: new Date(nowMs),
      status: this.status,
      progress: progressOf(this.plan, this.state, nowMs),
      ...(current !== undefined && { currentTask: current }),
      metrics: metrics.snapshot(nowMs),
      ...news,
    };
  }

  async #buildResult(): Promise<ExecutionResult> {
    const { finished, startedAtMs } = this.state;
    const facts = await this.facts();
    const { now, prices } = this.#options;
    const metrics = MetricsFold.of(facts, prices);
    const ref = finished?.result;
    const result = {
      executionId: this.id,
      planId: `${this.header.programName}@${this.header.programDigest}`,
      status: this.status,
      startedAt: new Date(startedAtMs),
      ...(finished !== null && { completedAt: new Date(finished.atMs) }),
      ...(ref !== undefined && { result: await this.values.get(ref) }),
      ...(finished?.error !== undefined && { error: viewError(finished.error, finished.atMs) }),
      metrics: metrics.snapshot(now()),
      resourceUsage: metrics.usage.snapshot(now()).map(viewUsage),
      ...(metrics.used !== undefined && { usage: metrics.used }),
    };
    return withTimeline(result, facts);
  }

  #gone(): HeddleError {
    return new HeddleError(
      this.#halted ?? {
        code: 'ABORTED',
        message: `this host stopped driving execution ${this.id} before its end`,
        hint: 'open it again to go on',
      },
    );
  }
}

export const isEnd = ({ type }: PublishedFact): boolean => isEndOfExecution(type);
