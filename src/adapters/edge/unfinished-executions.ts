import { isTerminal } from '../../observe/status.ts';
import type { StoredStatus } from '../../ports/journal-store.ts';
import type { SqlJournalStore } from '../sql/sql-journal-store.ts';

/** Of an object: whether it has executions, and any that has not ended. Asked several times a request, and read when it may have changed. */
export class UnfinishedExecutions {
  readonly #journal: SqlJournalStore;
  /** Undefined: to be read. */
  #any: boolean | undefined;
  #isEmpty: boolean | undefined;

  constructor(journal: SqlJournalStore) {
    this.#journal = journal;
  }

  get any(): boolean {
    this.#any ??= this.list(1).length > 0;
    return this.#any;
  }

  /** No execution is stored, ended or not. */
  get isEmpty(): boolean {
    this.#isEmpty ??= this.#journal.list({ limit: 1 }).length === 0;
    return this.#isEmpty;
  }

  list(limit: number) {
    return this.#journal.list({ status: ['PENDING', 'RUNNING', 'PAUSED'], limit });
  }

  created(): void {
    this.#any = true;
    this.#isEmpty = false;
  }

  committed(status: StoredStatus): void {
    this.#any = isTerminal(status) ? undefined : true;
  }

  erased(): void {
    this.#any = undefined;
    this.#isEmpty = undefined;
  }
}
