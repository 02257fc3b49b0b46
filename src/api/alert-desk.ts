import type { ExecutionEngine } from '../host/execution-engine.ts';
import { JsonRecords } from '../host/json-records.ts';
import { DefaultMonitoringSystem } from '../host/monitoring-system.ts';
import { AlertMetrics } from '../observe/alert-metrics.ts';
import { type AlertCondition, checkCondition } from '../observe/alerts.ts';
import type { RecordStore } from '../ports/record-store.ts';

export const alertScopes = ['alert', 'alert-fired'] as const;
const shownMax = 100;

interface Fired {
  readonly executionId: string;
  readonly at: string;
  readonly value: number;
  readonly message: string;
}

/** Alert rules of a tenant, kept as records and watched in every execution that starts while they are there. */
export class AlertDesk {
  readonly #rules: JsonRecords<AlertCondition>;
  readonly #fired: JsonRecords<Fired>;
  readonly #monitoring: DefaultMonitoringSystem;
  readonly #watched = new Set<string>();

  constructor(records: RecordStore, engine: Pick<ExecutionEngine, 'monitor' | 'getResult'>) {
    this.#rules = new JsonRecords(records, alertScopes[0]);
    this.#fired = new JsonRecords(records, alertScopes[1]);
    this.#monitoring = new DefaultMonitoringSystem(engine);
  }

  /** @throws BAD_INPUT for a metric or an operator there is not */
  async add(id: string, condition: AlertCondition): Promise<void> {
    await this.#rules.add(id, checkCondition(condition, AlertMetrics.names()));
  }

  async list() {
    const rules = await this.#rules.list('');
    return Promise.all(
      rules.map(async ({ key: id, data: condition }) => {
        const fired = await this.#fired.list(`${id}/`, shownMax);
        return { id, condition, fired: fired.map(({ data }) => data) };
      }),
    );
  }

  /** @returns whether there was one */
  async remove(id: string): Promise<boolean> {
    for (const { key } of await this.#fired.list(`${id}/`)) await this.#fired.delete(key);
    return this.#rules.delete(id);
  }

  /** Follows an execution if there is anything to watch in it; a failure to do so is no failure of the execution. */
  async watch(executionId: string): Promise<void> {
    try {
      const rules = await this.#rules.list('');
      for (const { key, data } of rules) this.#set(key, data);
      if (rules.length > 0) this.#monitoring.startMonitoring(executionId);
    } catch {
      // Told by readyz, which asks the same store.
    }
  }

  #set(id: string, condition: AlertCondition): void {
    if (this.#watched.has(id)) return;
    this.#watched.add(id);
    const alertId = this.#monitoring.setAlert(condition, ({ executionId, triggered, value, message }) => {
      const fired = { executionId, at: triggered.toISOString(), value, message };
      const told = async () => {
        if ((await this.#rules.get(id)) !== undefined) await this.#fired.add(`${id}/${fired.at}/${executionId}`, fired);
        else this.#monitoring.removeAlert(alertId);
      };
      told().catch(() => undefined);
    });
  }
}
