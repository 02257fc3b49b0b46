import type { TabLeaseKeeper } from './tab-lease-keeper.ts';

const againMs = 2000;

/** Waits, for executions that other tabs drive, for these tabs to let go of them. */
export class StandBy {
  readonly #leases: TabLeaseKeeper;
  readonly #free: (executionId: string) => Promise<void>;
  readonly #waiting = new Set<string>();
  #closed = false;

  /** @param free called with the lease in hand, which is let go of afterwards unless it was used */
  constructor(leases: TabLeaseKeeper, free: (executionId: string) => Promise<void>) {
    this.#leases = leases;
    this.#free = free;
  }

  for(executionId: string): void {
    if (this.#waiting.has(executionId) || this.#closed) return;
    this.#waiting.add(executionId);
    void this.#wait(executionId);
  }

  close(): void {
    this.#closed = true;
  }

  async #wait(executionId: string): Promise<void> {
    try {
      await this.#leases.wait(executionId);
      if (!this.#closed) await this.#free(executionId);
    } catch {
      // The storage failed: that is told elsewhere, and the execution is still there to be taken up.
      setTimeout(() => this.for(executionId), againMs);
    } finally {
      this.#leases.letGo(executionId);
      this.#waiting.delete(executionId);
    }
  }
}
