import type { Lease, LeaseKeeper } from '../../ports/lease.ts';

interface InHand {
  readonly lease: Lease;
  lost: () => void;
}

/** Leases of a tab that also stands by: what it waited for is kept in hand for the next who wants to hold it. */
export class TabLeaseKeeper implements LeaseKeeper {
  readonly #keeper: LeaseKeeper;
  readonly #inHand = new Map<string, InHand>();

  constructor(keeper: LeaseKeeper) {
    this.#keeper = keeper;
  }

  /** Resolves when no other tab drives the execution any more: this one may then, or has to {@link letGo}. */
  async wait(executionId: string): Promise<void> {
    const lost = { tell: (): void => undefined };
    const lease = await this.#keeper.hold(executionId, { ifAvailable: false, lost: () => lost.tell() });
    if (lease === undefined) return;
    const inHand: InHand = { lease, lost: () => this.#inHand.delete(executionId) };
    lost.tell = () => inHand.lost();
    this.#inHand.set(executionId, inHand);
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
}
