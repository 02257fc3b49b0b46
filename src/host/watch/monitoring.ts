import type { AlertCondition } from '../../observe/alerts.ts';
import type { ExecutionMetrics } from '../../observe/metrics.ts';
import type { ExecutionEvent, ResourceUsage } from '../view/execution-view.ts';

export type { AlertCondition, AlertOperator } from '../../observe/alerts.ts';

/** Follows executions, and calls when something about them is as it should not be. */
export interface MonitoringSystem {
  /** @throws NOT_FOUND when the engine has no such execution. Has no effect on one that is being followed. */
  startMonitoring(executionId: string): void;
  /** What was gathered stays readable. Has no effect on one that is not followed. */
  stopMonitoring(executionId: string): void;

  /** As of now while it is followed, otherwise as it was last. @throws NOT_FOUND when it was never followed */
  getMetrics(executionId: string): ExecutionMetrics;
  /** What its result tells: empty before the end. @throws NOT_FOUND when it was never followed */
  getResourceUsage(executionId: string): ResourceUsage[];
  /** The kept events from the first on, without progress and partial outputs. @throws NOT_FOUND when it was never followed */
  getTimeline(executionId: string): ExecutionEvent[];

  /**
   * Watches the condition in every execution that is followed, now or later.
   *
   * @returns the id to remove it by
   * @throws BAD_INPUT for a metric or an operator there is not
   */
  setAlert(condition: AlertCondition, callback: AlertCallback): string;
  removeAlert(alertId: string): void;
}

export interface Alert {
  /** Of the alert that was set. */
  readonly id: string;
  readonly executionId: string;
  readonly condition: AlertCondition;
  readonly triggered: Date;
  /** Of the metric, when it triggered. */
  readonly value: number;
  readonly message: string;
}

export type AlertCallback = (alert: Alert) => void;
