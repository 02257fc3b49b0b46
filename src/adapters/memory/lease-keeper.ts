import type { Lease, LeaseKeeper } from '../../ports/lease.ts';

/** Leases within one engine: nobody else can reach its store, so the only rival is the engine itself. */
export class LocalLeaseKeeper implements LeaseKeeper {
  readonly #held = new Map<string, Promise<void>>();

  async hold(
    executionId: string,
    { ifAvailable }: { readonly ifAvailable: boolean; readonly lost: () => void },
  ): Promise<Lease | undefined> {
    for (let holder = this.#held.get(executionId); holder !== undefined; holder = this.#held.get(executionId)) {
      if (ifAvailable) return undefined;
      await holder;
    }
    let resolve = (): void => undefined;
    const promise = new Promise<void>((settle) => {
      resolve = settle;
    });
    this.#held.set(executionId, promise);
    return {
      release: () => {
        if (this.#held.get(executionId) === promise) this.#held.delete(executionId);
        resolve();
      },
    };
  }
}
