import { HeddleError } from '../../errors.ts';
import { AlertMetrics } from '../../observe/alert-metrics.ts';
import { type AlertCondition, checkCondition } from '../../observe/alerts.ts';
import type { ExecutionMetrics } from '../../observe/metrics.ts';
import type { ResourcePrices } from '../../observe/resource-usage.ts';
import type { Clock } from '../../ports/clock.ts';
import { type LogSink, tell } from '../../ports/log.ts';
import type { ExecutionEngine } from '../execution-engine.ts';
import type { ExecutionEvent, ResourceUsage } from '../view/execution-view.ts';
import type { Alert, AlertCallback, MonitoringSystem } from './monitoring.ts';
import { type AlertSetting, WatchedExecution } from './watched-execution.ts';

/** What monitoring needs of an engine. */
type Monitored = Pick<ExecutionEngine, 'monitor' | 'getResult'> &
  Partial<Pick<ExecutionEngine, 'open'>> & {
    readonly prices?: ResourcePrices;
    readonly log?: LogSink | undefined;
    /** Figures of the machine that alerts can be set on as well. */
    machineFigures?(): Readonly<Record<string, number>>;
  };

export interface MonitoringOptions {
  /** The clock of the engine; the system's when absent. */
  readonly clock?: Pick<Clock, 'now'>;
  /** Alerts are looked at again after so many ms at most, also when nothing happens; 250 when absent. */
  readonly intervalMs?: number;
}

/**
 * Monitoring over any engine.
 *
 * ```ts
 * const monitoring = new DefaultMonitoringSystem(engine);
 * monitoring.startMonitoring(execution.id);
 * monitoring.setAlert({ metric: 'execution_duration', operator: 'gt', threshold: 7_200_000 }, ({ message }) => page(message));
 * ```
 */
export class DefaultMonitoringSystem implements MonitoringSystem {
  readonly #engine: Monitored;
  readonly #now: () => number;
  readonly #intervalMs: number;
  readonly #machine = (): Readonly<Record<string, number>> => this.#engine.machineFigures?.() ?? {};
  readonly #watched = new Map<string, WatchedExecution>();
  readonly #alerts = new Map<string, AlertSetting>();
  #alertsSet = 0;

  constructor(engine: Monitored, { clock, intervalMs = 250 }: MonitoringOptions = {}) {
    this.#engine = engine;
    this.#now = () => clock?.now() ?? Date.now();
    this.#intervalMs = intervalMs;
  }

  startMonitoring(executionId: string): void {
    if (this.#watched.get(executionId)?.over === false) return;
    const updates = this.#engine.monitor(executionId);
    const { prices } = this.#engine;
    const missed = async (after: number, limit: number): Promise<readonly ExecutionEvent[]> =>
      (await this.#engine.open?.(executionId))?.events(after, limit) ?? [];
    const raised = (alert: Alert): void => this.#logRaised(alert);
    const options = {
      executionId,
      updates,
      missed,
      raised,
      now: this.#now,
      prices,
      intervalMs: this.#intervalMs,
      machine: this.#machine,
    };
    this.#watched.set(executionId, new WatchedExecution(options, this.#alerts.values()));
  }

  stopMonitoring(executionId: string): void {
    this.#watched.get(executionId)?.stop();
  }

  /** Stops following the execution and drops what was gathered about it. */
  forget(executionId: string): void {
    this.stopMonitoring(executionId);
    this.#watched.delete(executionId);
  }

  getMetrics(executionId: string): ExecutionMetrics {
    return this.#get(executionId).metrics;
  }

  getResourceUsage(executionId: string): ResourceUsage[] {
    this.#get(executionId);
    return [...(this.#engine.getResult(executionId)?.resourceUsage ?? [])];
  }

  getTimeline(executionId: string): ExecutionEvent[] {
    return [...this.#get(executionId).timeline];
  }

  setAlert(condition: AlertCondition, callback: AlertCallback): string {
    const id = `alert_${++this.#alertsSet}`;
    const alert = {
      id,
      condition: checkCondition(condition, [...AlertMetrics.names(), ...Object.keys(this.#machine())]),
      callback,
    };
    this.#alerts.set(id, alert);
    for (const watched of this.#watched.values()) watched.addAlert(alert);
    return id;
  }

  removeAlert(alertId: string): void {
    this.#alerts.delete(alertId);
    for (const watched of this.#watched.values()) watched.removeAlert(alertId);
  }

  #logRaised({ id, executionId, condition, value, message }: Alert): void {
    const { metric, threshold } = condition;
    tell(this.#engine.log, {
      level: 'WARNING',
      message: 'alert',
      executionId,
      atMs: this.#now(),
      fields: { alertId: id, metric, threshold, value, told: message },
    });
  }

  #get(executionId: string): WatchedExecution {
    const watched = this.#watched.get(executionId);
    if (watched !== undefined) return watched;
    throw new HeddleError({
      code: 'NOT_FOUND',
      message: `execution ${executionId} is not monitored`,
      hint: `call startMonitoring('${executionId}') first`,
    });
  }
}
