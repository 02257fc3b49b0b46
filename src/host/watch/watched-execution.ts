import { isHeddleError } from '../../errors.ts';
import { AlertMetrics } from '../../observe/alert-metrics.ts';
import { type AlertCondition, AlertRule, describeCondition } from '../../observe/alerts.ts';
import type { ExecutionMetrics } from '../../observe/metrics.ts';
import type { ResourcePrices } from '../../observe/resource-usage.ts';
import type { ExecutionEvent, ExecutionUpdate, Lag } from '../view/execution-view.ts';
import { factOf } from './event-fact.ts';
import type { Alert, AlertCallback } from './monitoring.ts';

/** An alert as it was set. */
export interface AlertSetting {
  readonly id: string;
  readonly condition: AlertCondition;
  readonly callback: AlertCallback;
}

export interface WatchOptions {
  readonly executionId: string;
  readonly updates: AsyncIterable<ExecutionUpdate>;
  /** Gives the events after that id, at most so many: those of a lag. */
  readonly missed?: (after: number, limit: number) => Promise<readonly ExecutionEvent[]>;
  readonly now: () => number;
  readonly prices?: ResourcePrices | undefined;
  /** Told of every alert, before its callback. */
  readonly raised?: (alert: Alert) => void;
  /** Alerts are looked at again after so many ms at most, also when nothing happens. */
  readonly intervalMs: number;
  /** Of the machine, as far as it is measured. */
  readonly machine?: () => Readonly<Record<string, number>>;
}

/**
 * One execution being followed, until it ends, its host lets it go, or nobody wants it followed any more. Alerts are evaluated
 * in the time of the events, from the first one on, wherever following began; between events by a timer.
 */
export class WatchedExecution {
  readonly #options: WatchOptions;
  readonly #iterator: AsyncIterator<ExecutionUpdate>;
  readonly #figures: AlertMetrics;
  readonly #timeline: ExecutionEvent[] = [];
  readonly #rules = new Map<string, { readonly setting: AlertSetting; readonly rule: AlertRule }>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Of the last event. */
  #atMs: number | null = null;
  #sampledAtMs = 0;
  #overAtMs: number | null = null;

  constructor(options: WatchOptions, alerts: Iterable<AlertSetting>) {
    this.#options = options;
    this.#figures = new AlertMetrics(options.prices);
    this.#iterator = options.updates[Symbol.asyncIterator]();
    for (const alert of alerts) this.#addRule(alert);
    this.#follow().catch((thrown) => {
      // When the host lets the execution go, its stream ends by an error that result() tells.
      if (!isHeddleError(thrown)) throw thrown;
    });
  }

  get over(): boolean {
    return this.#overAtMs !== null;
  }

  get timeline(): readonly ExecutionEvent[] {
    return this.#timeline;
  }

  get metrics(): ExecutionMetrics {
    return this.#figures.metrics(this.#overAtMs ?? this.#options.now());
  }

  addAlert(alert: AlertSetting): void {
    if (this.over) return;
    this.#addRule(alert);
    // Not at once: whoever sets it does not know its id yet.
    this.#arm(0);
  }

  removeAlert(alertId: string): void {
    this.#rules.delete(alertId);
    if (this.#rules.size === 0) clearTimeout(this.#timer);
  }

  stop(): void {
    if (this.over) return;
    this.#end();
    void this.#iterator.return?.();
  }

  async #follow(): Promise<void> {
    try {
      for (;;) {
        const { done, value } = await this.#iterator.next();
        if (done || this.over) return;
        this.#take(value.lag === undefined ? value : await this.#caughtUp(value, value.lag));
      }
    } finally {
      this.#end();
    }
  }

  async #caughtUp(update: ExecutionUpdate, { skippedFrom, skippedTo }: Lag): Promise<ExecutionUpdate> {
    const missed = (await this.#options.missed?.(skippedFrom - 1, skippedTo - skippedFrom + 1)) ?? [];
    return { ...update, events: [...missed, ...update.events] };
  }

  #end(): void {
    this.#overAtMs ??= this.#options.now();
    clearTimeout(this.#timer);
  }

  #take({ events, progress }: ExecutionUpdate): void {
    for (const event of events) {
      const fact = factOf(event);
      if (fact === undefined) continue;
      // What a turn publishes bears one time: only once all of it is taken does the execution stand as it stood then, and it
      // stood so until the next.
      if (this.#atMs !== null && fact.atMs > this.#atMs) {
        this.#sample(this.#atMs);
        this.#sample(fact.atMs);
      }
      this.#atMs = fact.atMs;
      this.#figures.take(fact);
      this.#timeline.push(event);
    }
    this.#figures.progressed(progress.percentage);
    if (this.#atMs !== null) this.#sample(this.#atMs);
    this.#arm();
  }

  #addRule(setting: AlertSetting): void {
    this.#rules.set(setting.id, { setting, rule: new AlertRule(setting.condition) });
  }

  /** Events reach us later than they happened: what the timer has evaluated since is not evaluated as of then again. */
  #sample(momentMs: number): void {
    if (this.#rules.size === 0 || this.over) return;
    const atMs = Math.max(momentMs, this.#sampledAtMs);
    this.#sampledAtMs = atMs;
    const values = { ...this.#options.machine?.(), ...this.#figures.values(atMs) };
    for (const { setting, rule } of [...this.#rules.values()]) {
      const value = values[setting.condition.metric] ?? Number.NaN;
      // A callback may have removed this alert, or stopped it all.
      if (rule.take(value, atMs) && this.#rules.has(setting.id) && !this.over) this.#raise(setting, value, atMs);
    }
  }

  #raise({ id, condition, callback }: AlertSetting, value: number, atMs: number): void {
    const { executionId } = this.#options;
    const message = `${condition.metric} of execution ${executionId} is ${value}: ${describeCondition(condition)}`;
    const alert: Alert = { id, executionId, condition, triggered: new Date(atMs), value, message };
    this.#options.raised?.(alert);
    try {
      callback(alert);
    } catch (thrown) {
      // A callback's fault is its owner's: other alerts and the following go on.
      queueMicrotask(() => {
        throw thrown;
      });
    }
  }

  /** Looks again when the next alert falls due, and in any case after the interval. */
  #arm(delayMsMax = this.#options.intervalMs): void {
    clearTimeout(this.#timer);
    if (this.#rules.size === 0 || this.over) return;
    const nowMs = this.#options.now();
    let delayMs = delayMsMax;
    for (const { rule } of this.#rules.values()) {
      if (rule.dueAtMs !== null) delayMs = Math.min(delayMs, Math.max(1, rule.dueAtMs - nowMs));
    }
    this.#timer = setTimeout(() => {
      // Nothing holds in an execution of which nothing is known yet.
      if (this.#atMs !== null) this.#sample(Math.max(this.#atMs, this.#options.now()));
      this.#arm();
    }, delayMs);
    // Where timers keep a process alive (Node), this one does not.
    (this.#timer as { unref?: () => void }).unref?.();
  }
}
