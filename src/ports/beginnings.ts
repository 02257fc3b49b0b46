import type { ExecutionHeader } from './journal-store.ts';

/** The first commit follows at once: what is older than so many others never got as far. */
const beginningsMax = 1000;

/** What a store that has `begin` keeps in memory: the headers of executions that are to be stored with their first commit. */
export class Beginnings {
  readonly #headers = new Map<string, ExecutionHeader>();

  add(header: ExecutionHeader): void {
    this.#headers.set(header.executionId, header);
    for (const oldest of this.#headers.keys()) {
      if (this.#headers.size <= beginningsMax) break;
      this.#headers.delete(oldest);
    }
  }

  /** Once; undefined for an execution that is there already, or is not about to begin. */
  take(executionId: string): ExecutionHeader | undefined {
    const header = this.#headers.get(executionId);
    if (header !== undefined) this.#headers.delete(executionId);
    return header;
  }
}
