import type { Lease, LeaseKeeper } from '../../ports/lease.ts';

/**
 * Leases among the tabs of an origin: one Web Lock per execution (w3c Web Locks API). The browser frees it when the tab
 * goes, however it goes.
 */
export class WebLockLeaseKeeper implements LeaseKeeper {
  readonly #locks: LockManager;

  constructor(locks: LockManager) {
    this.#locks = locks;
  }

  hold(
    executionId: string,
    { ifAvailable, lost }: { readonly ifAvailable: boolean; readonly lost: () => void },
  ): Promise<Lease | undefined> {
    return this.#request(executionId, { ifAvailable }, lost);
  }

  /** Takes the lease from whoever holds it. */
  steal(executionId: string, lost: () => void): Promise<Lease | undefined> {
    return this.#request(executionId, { steal: true }, lost);
  }

  #request(executionId: string, options: LockOptions, lost: () => void): Promise<Lease | undefined> {
    return new Promise((resolve, reject) => {
      let released = false;
      const held = this.#locks.request(`heddle:${executionId}`, options, (lock) => {
        if (lock === null) {
          resolve(undefined);
          return undefined;
        }
        return new Promise<void>((release) => {
          resolve({
            release: () => {
              released = true;
              release();
            },
          });
        });
      });
      held.catch((thrown) => {
        // A lock that is stolen ends its request with an AbortError.
        if (!released) lost();
        reject(thrown);
      });
    });
  }
}
