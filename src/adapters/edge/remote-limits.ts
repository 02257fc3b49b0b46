import { gaveUp } from '../../host/gates/waiting-line.ts';
import type { SharedLimits } from '../../ports/shared-limits.ts';
import { ask } from './answer.ts';
import type { LimitsService } from './limits-service.ts';
import { permitMs } from './permits-table.ts';

/** Well before what is held is given up. */
const renewMs = permitMs / 3;

/** Limits kept by the object of the program. Places are held under names of this object's, and renewed while it lives. */
export class RemoteLimits implements SharedLimits {
  readonly #service: () => LimitsService;
  readonly #owner: string;
  readonly #held = new Map<string, readonly [key: string, holder: string]>();
  #entered = 0;
  #waiting = 0;
  #timer: ReturnType<typeof setInterval> | null = null;

  /** @param owner different for each life of this object: a place of the last life is not one of this */
  constructor(service: () => LimitsService, owner: string) {
    this.#service = service;
    this.#owner = owner;
  }

  /** Whether something is held or waited for. */
  get busy(): boolean {
    return this.#waiting > 0 || this.#held.size > 0;
  }

  async enter(key: string, limit: number, priority: number, signal?: AbortSignal): Promise<() => void> {
    const holder = `${this.#owner}/${++this.#entered}`;
    const left = (): void => {
      ask('a place could not be given back', () => this.#service().leaveLimit(key, holder)).catch(() => undefined);
    };
    await this.#until(signal, left, () =>
      ask('a bulkhead could not be asked', () => this.#service().enterLimit(key, limit, priority, holder)),
    );
    this.#held.set(holder, [key, holder]);
    this.#timer ??= setInterval(() => this.#renew(), renewMs);
    return () => {
      if (!this.#held.delete(holder)) return;
      if (this.#held.size === 0 && this.#timer !== null) {
        clearInterval(this.#timer);
        this.#timer = null;
      }
      left();
    };
  }

  async pass(key: string, perSecond: number, priority: number, signal?: AbortSignal): Promise<void> {
    await this.#until(
      signal,
      () => undefined,
      () => ask('a rate limit could not be asked', () => this.#service().passRate(key, perSecond, priority)),
    );
  }

  /** Asks until the answer is yes. @param undo when the yes comes too late */
  async #until(signal: AbortSignal | undefined, undo: () => void, attempt: () => Promise<boolean>): Promise<void> {
    this.#waiting++;
    try {
      for (;;) {
        if (signal?.aborted) throw gaveUp();
        const granted = await attempt();
        if (granted && signal?.aborted) undo();
        else if (granted) return;
      }
    } finally {
      this.#waiting--;
    }
  }

  #renew(): void {
    // Should it fail, the next time comes long before anything is given up.
    ask('places could not be renewed', () => this.#service().renewLimits([...this.#held.values()])).catch(
      () => undefined,
    );
  }
}
