import type { PublishedFact } from '../../engine/command.ts';
import type { RecordStore } from '../../ports/record-store.ts';
import { JsonRecords } from '../values/json-records.ts';

/** How often a strategy was chosen for errors of a code, and how often its task succeeded after it. */
interface Rate {
  readonly tried: number;
  readonly succeeded: number;
}

interface Chosen {
  readonly strategyId: string;
  readonly code: string;
}

const unknown: Rate = { tried: 0, succeeded: 0 };

/**
 * What is known of recovery strategies, in the records of the home: where several are for the same error, the one that has helped
 * most often is asked. Learning is a help: without its records, the first that was added is.
 */
export class RecoveryRates {
  readonly #records: JsonRecords<Rate>;
  /** By execution and task: what was chosen and has not shown yet whether it helped. */
  readonly #open = new Map<string, Chosen>();

  constructor(records: RecordStore) {
    this.#records = new JsonRecords(records, 'recovery');
  }

  /**
   * The most promising of them: highest (succeeded + 1) / (tried + 2), Laplace's rule of succession, of equals the first. So one that was
   * never tried has its turn as soon as those before it fail more often than not.
   */
  async best<T extends { readonly id: string }>(strategies: readonly T[], code: string): Promise<T | undefined> {
    const rated = await Promise.all(
      strategies.map(async (strategy) => ({ strategy, rate: await this.#rate(strategy.id, code) })),
    );
    let best = rated[0];
    for (const each of rated) if (best === undefined || promise(each.rate) > promise(best.rate)) best = each;
    return best?.strategy;
  }

  chosen(executionId: string, taskId: string, chosen: Chosen): void {
    this.#open.set(keyOf(executionId, taskId), chosen);
  }

  /** Sees by what tasks did next whether what was chosen for them has helped. */
  take(executionId: string, facts: readonly PublishedFact[]): void {
    for (let at = 0; this.#open.size > 0 && at < facts.length; at++)
      this.#take(executionId, facts[at] as PublishedFact);
  }

  #take(executionId: string, { type, taskId }: PublishedFact): void {
    if (type === 'EXECUTION_COMPLETED' || type === 'EXECUTION_FAILED' || type === 'EXECUTION_CANCELLED') {
      for (const key of [...this.#open.keys()]) if (key.startsWith(`${executionId}\n`)) this.#open.delete(key);
    }
    if (taskId === undefined) return;
    if (type === 'TASK_COMPLETED' || type === 'TASK_CACHED' || type === 'TASK_SKIPPED')
      this.#settle(executionId, taskId, true);
    else if (type === 'TASK_FAILED' || type === 'RECOVERY_INITIATED') this.#settle(executionId, taskId, false);
    else if (type === 'TASK_CANCELLED') this.#open.delete(keyOf(executionId, taskId));
  }

  #settle(executionId: string, taskId: string, helped: boolean): void {
    const key = keyOf(executionId, taskId);
    const chosen = this.#open.get(key);
    if (chosen === undefined) return;
    this.#open.delete(key);
    this.#records
      .count(recordKey(chosen.strategyId, chosen.code), { tried: 1, succeeded: helped ? 1 : 0 })
      .catch(() => undefined);
  }

  async #rate(strategyId: string, code: string): Promise<Rate> {
    try {
      return (await this.#records.get(recordKey(strategyId, code))) ?? unknown;
    } catch {
      return unknown;
    }
  }
}

const promise = ({ tried, succeeded }: Rate): number => (succeeded + 1) / (tried + 2);
const keyOf = (executionId: string, taskId: string): string => `${executionId}\n${taskId}`;
const recordKey = (strategyId: string, code: string): string => JSON.stringify([strategyId, code]);
