import type { Lease, LeaseKeeper } from '../../ports/lease.ts';
import type { WebLockLeaseKeeper } from './web-lock-lease-keeper.ts';

interface InHand {
  readonly lease: Lease;
  lost: () => void;
}

/** Leases of a tab that also stands by: what it waited for is kept in hand for the next who wants to hold it. */
export class TabLeaseKeeper implements LeaseKeeper {
  readonly #keeper: WebLockLeaseKeeper;
  readonly #inHand = new Map<string, InHand>();

  constructor(keeper: WebLockLeaseKeeper) {
    this.#keeper = keeper;
  }

  /** Resolves when no other tab drives the execution any more: this one may then, or has to {@link letGo}. */
  wait(executionId: string): Promise<void> {
    return this.#take(executionId, (lost) => this.#keeper.hold(executionId, { ifAvailable: false, lost }));
  }

  /** Takes it from the tab that drives the execution, which is told: this one may drive it, or has to {@link letGo}. */
  steal(executionId: string): Promise<void> {
    return this.#take(executionId, (lost) => this.#keeper.steal(executionId, lost));
  }

  letGo(executionId: string): void {
    this.#inHand.get(executionId)?.lease.release();
    this.#inHand.delete(executionId);
  }

  async hold(
    executionId: string,
    options: { readonly ifAvailable: boolean; readonly lost: () => void },
  ): Promise<Lease | undefined> {
    const inHand = this.#inHand.get(executionId);
    if (inHand === undefined) return this.#keeper.hold(executionId, options);
    this.#inHand.delete(executionId);
    inHand.lost = options.lost;
    return inHand.lease;
  }

  async #take(executionId: string, ask: (lost: () => void) => Promise<Lease | undefined>): Promise<void> {
    const told = { lost: (): void => undefined };
    const lease = await ask(() => told.lost());
    if (lease === undefined) return;
    const inHand: InHand = { lease, lost: () => this.#inHand.delete(executionId) };
    told.lost = () => inHand.lost();
    this.#inHand.set(executionId, inHand);
  }
}
