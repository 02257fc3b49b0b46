/**
 * The exclusive right to drive an execution. Exclusion is the lease's work; fencing of a driver that lost it without
 * noticing is the store's (`JournalStore.claim` and the epoch).
 * test/contract/lease.contract.ts is the specification.
 */
export interface LeaseKeeper {
  /**
   * Waits for the lease, or answers undefined at once with `{ ifAvailable: true }` when another host holds it.
   * `lost` is called when the lease is taken away (stolen, its database closed); the driver must then stop at once.
   */
  hold(
    executionId: string,
    options: { readonly ifAvailable: boolean; readonly lost: () => void },
  ): Promise<Lease | undefined>;
}

export interface Lease {
  release(): void;
}
