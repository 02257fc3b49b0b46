import { isHeddleError } from '../../errors.ts';
import type { ExecutionHandle } from '../../host/execution-engine.ts';
import type { ExecutionResult, ExecutionUpdate } from '../../host/view/execution-view.ts';
import { isHopeless } from './storage-error.ts';

/** Whether this tab drives an execution, or watches another tab drive it. */
export type Role = 'driving' | 'watching';

/**
 * An execution in this tab, whatever becomes of it: its driver may stop because the storage fails, another tab may take it
 * over, or this one may. Each time it gets a new handle of the engine; the one the user has stays the same and goes on.
 */
export class Presence {
  readonly id: string;
  /** For the user. */
  readonly handle: ExecutionHandle;
  #current: ExecutionHandle;
  #role: Role;
  #given: unknown = null;
  #over = false;
  readonly #waiting = new Set<{ readonly resolve: () => void; readonly reject: (reason: unknown) => void }>();

  constructor(current: ExecutionHandle, role: Role) {
    this.id = current.id;
    this.#current = current;
    this.#role = role;
    this.handle = this.#handle();
  }

  get current(): ExecutionHandle {
    return this.#current;
  }

  get role(): Role {
    return this.#role;
  }

  become(current: ExecutionHandle, role: Role): void {
    this.#current = current;
    this.#role = role;
    this.#over = false;
    for (const { resolve } of this.#take()) resolve();
  }

  /** Nobody takes it up again: whoever waits for that is told why. */
  giveUp(reason: unknown): void {
    this.#over = true;
    this.#given = reason;
    for (const { reject } of this.#take()) reject(reason);
  }

  /** The result of whichever handle comes to the end. */
  async result(): Promise<ExecutionResult> {
    for (;;) {
      const { current } = this;
      try {
        return await current.result();
      } catch (thrown) {
        await this.#successor(current, thrown);
      }
    }
  }

  async *monitor(after = 0): AsyncGenerator<ExecutionUpdate, void, void> {
    let seen = after;
    for (;;) {
      const { current } = this;
      try {
        for await (const update of current.monitor(seen)) {
          for (const { id } of update.events) if (id !== 'live') seen = Math.max(seen, Number(id));
          yield update;
        }
        return;
      } catch (thrown) {
        await this.#successor(current, thrown);
      }
    }
  }

  /** Resolves when another handle has taken the place of this one. @throws what ended it, when none will */
  async #successor(former: ExecutionHandle, thrown: unknown): Promise<void> {
    if (!mayGoOn(thrown)) throw thrown;
    if (this.#current !== former) return;
    if (this.#over) throw this.#given;
    await new Promise<void>((resolve, reject) => this.#waiting.add({ resolve, reject }));
  }

  #take() {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    return waiting;
  }

  #handle(): ExecutionHandle {
    const presence = this;
    return {
      id: this.id,
      get status() {
        return presence.#current.status;
      },
      result: () => this.result(),
      monitor: (after) => this.monitor(after),
      update: () => this.#current.update(),
      events: (after, limit) => this.#current.events(after, limit),
      pause: () => this.#current.pause(),
      resume: () => this.#current.resume(),
      cancel: (reason, options) => this.#current.cancel(reason, options),
      signal: (event, payload) => this.#current.signal(event, payload),
    };
  }
}

/** Whether an execution whose driver stopped for that reason is taken up again. */
export function mayGoOn(thrown: unknown): boolean {
  if (!isHeddleError(thrown)) return false;
  if (thrown.code === 'STORAGE_FAILED') return !isHopeless(thrown);
  return thrown.code === 'FENCED' || thrown.code === 'CONFLICT' || thrown.code === 'LEASE_UNAVAILABLE';
}
