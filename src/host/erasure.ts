import { HeddleError, isHeddleError } from '../errors.ts';
import { isTerminal } from '../observe/status.ts';
import { childrenOf } from './children.ts';
import type { Custody } from './custody.ts';
import type { Home } from './home.ts';
import type { Lifecycle } from './lifecycle.ts';
import { notFound } from './refusals.ts';

/** Ended executions being erased, with those of their sub-programs. */
export class Erasure {
  readonly #home: Home;
  readonly #custody: Custody;
  readonly #lifecycle: Lifecycle;

  constructor(home: Home, custody: Custody, lifecycle: Lifecycle) {
    this.#home = home;
    this.#custody = custody;
    this.#lifecycle = lifecycle;
  }

  /** @throws NOT_FOUND, NOT_ALLOWED */
  async erase(executionId: string): Promise<void> {
    const summary = await this.#home.journal.summary(executionId);
    if (summary === undefined) throw notFound(executionId);
    if (!isTerminal(summary.status)) {
      const message = `execution ${executionId} is ${summary.status} and cannot be deleted`;
      throw new HeddleError({ code: 'NOT_ALLOWED', message, hint: 'cancel it first' });
    }
    const children = await childrenOf(await this.#lifecycle.open(executionId));
    for (const child of children) {
      await this.erase(child).catch((thrown) => {
        if (!isHeddleError(thrown) || thrown.code !== 'NOT_FOUND') throw thrown;
      });
    }
    await this.#home.journal.delete(executionId);
    this.#custody.forget(executionId);
  }
}
