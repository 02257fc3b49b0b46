import type { ExecutionEngine } from '../host/execution-engine.ts';
import { JsonRecords } from '../host/values/json-records.ts';
import { DefaultMonitoringSystem } from '../host/watch/monitoring-system.ts';
import { AlertMetrics } from '../observe/alert-metrics.ts';
import { type AlertCondition, checkCondition } from '../observe/alerts.ts';
import type { RecordStore } from '../ports/record-store.ts';

/** Scopes of a tenant's records: the rules, and when they fired. */
export const alertScopes = ['alert', 'alert-fired'] as const;
const shownMax = 100;

interface Fired {
  readonly executionId: string;
  readonly at: string;
  readonly value: number;
  readonly message: string;
}

type Rules = readonly { readonly key: string; readonly data: AlertCondition }[];

/** @throws BAD_INPUT for a metric or an operator there is not */
export async function addAlert(records: RecordStore, id: string, condition: AlertCondition): Promise<void> {
  await rulesOf(records).add(id, checkCondition(condition, AlertMetrics.names()));
}

export async function listAlerts(records: RecordStore) {
  const rules = await rulesOf(records).list('');
  return Promise.all(
    rules.map(async ({ key: id, data: condition }) => {
      const fired = await firedOf(records).list(`${id}/`, shownMax);
      return { id, condition, fired: fired.map(({ data }) => data) };
    }),
  );
}

/** @returns whether there was one */
export async function removeAlert(records: RecordStore, id: string): Promise<boolean> {
  for (const { key } of await firedOf(records).list(`${id}/`)) await firedOf(records).delete(key);
  return rulesOf(records).delete(id);
}

/** Watches the alert rules of a tenant in every execution that starts while they are there. */
export class AlertWatch {
  readonly #records: RecordStore;
  readonly #monitoring: DefaultMonitoringSystem;
  readonly #watched = new Set<string>();
  /** Executions that were begun before it was told whether there are rules. */
  #begun: string[] = [];
  #areThere = false;

  constructor(records: RecordStore, engine: Pick<ExecutionEngine, 'monitor' | 'getResult'>) {
    this.#records = records;
    this.#monitoring = new DefaultMonitoringSystem(engine);
  }

  /** The rules as they are now; none when they cannot be read, which is told by readyz and is no failure of an execution. */
  rules(): Promise<Rules> {
    const read = async () => rulesOf(this.#records).list('');
    return read().catch(() => []);
  }

  /** Follows an execution if there is anything to watch in it. */
  follow(executionId: string, rules: Rules): void {
    for (const { key, data } of rules) this.#set(key, data);
    if (rules.length > 0) this.#monitoring.startMonitoring(executionId);
  }

  /** Follows an execution as soon as it is told that there are rules. */
  async begun(executionId: string): Promise<void> {
    this.#begun.push(executionId);
    if (this.#areThere) await this.told();
  }

  /** There are rules: where they have to be fetched, nobody asks for them before that is known. */
  async told(): Promise<void> {
    this.#areThere = true;
    const begun = this.#begun;
    this.#begun = [];
    if (begun.length === 0) return;
    const rules = await this.rules();
    for (const executionId of begun) this.follow(executionId, rules);
  }

  #set(id: string, condition: AlertCondition): void {
    if (this.#watched.has(id)) return;
    this.#watched.add(id);
    const alertId = this.#monitoring.setAlert(condition, ({ executionId, triggered, value, message }) => {
      const fired = { executionId, at: triggered.toISOString(), value, message };
      const told = async () => {
        if ((await rulesOf(this.#records).get(id)) === undefined) this.#monitoring.removeAlert(alertId);
        else await firedOf(this.#records).add(`${id}/${fired.at}/${executionId}`, fired);
      };
      told().catch(() => undefined);
    });
  }
}

function rulesOf(records: RecordStore): JsonRecords<AlertCondition> {
  return new JsonRecords(records, alertScopes[0]);
}

function firedOf(records: RecordStore): JsonRecords<Fired> {
  return new JsonRecords(records, alertScopes[1]);
}
