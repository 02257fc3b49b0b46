import { HeddleError, isHeddleError } from '../../errors.ts';
import { isTerminal } from '../../observe/status.ts';
import type { Lifecycle } from '../begin/lifecycle.ts';
import { childrenOf } from '../drive/children-of.ts';
import type { Custody } from '../drive/custody.ts';
import type { Home } from '../home.ts';
import type { History } from '../learn/history.ts';
import { notFound } from '../refusals.ts';

/** Erases executions that have ended, with their sub-programs and everything they stored. */
export class Erasure {
  readonly #home: Home;
  readonly #custody: Custody;
  readonly #lifecycle: Lifecycle;
  readonly #history: History;

  constructor(home: Home, custody: Custody, lifecycle: Lifecycle, history: History) {
    this.#home = home;
    this.#custody = custody;
    this.#lifecycle = lifecycle;
    this.#history = history;
  }

  /**
   * What was learnt from it stays, without its name: durations and sizes by node.
   * @returns how many executions that were. @throws NOT_FOUND, NOT_ALLOWED while it is alive, LEASE_UNAVAILABLE
   */
  async erase(executionId: string): Promise<number> {
    await this.#ended(executionId);
    const children = await childrenOf(await this.#lifecycle.open(executionId));
    let erased = 1;
    for (const child of children) {
      erased += await this.erase(child).catch((thrown) => {
        if (isHeddleError(thrown) && thrown.code === 'NOT_FOUND') return 0;
        throw thrown;
      });
    }
    // With the lease in hand nobody sets it back to a checkpoint in the meantime.
    const lease = await this.#custody.hold(executionId);
    try {
      const { programName, updatedAtMs } = await this.#ended(executionId);
      await this.#history.forget(programName, executionId, updatedAtMs);
      await this.#home.journal.delete(executionId);
      this.#custody.forget(executionId);
    } finally {
      lease.release();
    }
    return erased;
  }

  async #ended(executionId: string) {
    const summary = await this.#home.journal.summary(executionId);
    if (summary === undefined) throw notFound(executionId);
    if (isTerminal(summary.status)) return summary;
    const message = `execution ${executionId} is ${summary.status} and cannot be deleted`;
    throw new HeddleError({ code: 'NOT_ALLOWED', message, hint: 'cancel it first' });
  }
}
