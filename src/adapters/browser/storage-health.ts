import type { ErrorData } from '../../errors.ts';

/** How the page's storage stands: never "saved" when it is not. */
export interface StorageStatus {
  readonly state: 'ok' | 'failing';
  /** Why it fails. */
  readonly reason?: string;
  /** What to do about it. */
  readonly hint?: string;
  /** Since when it is in this state. */
  readonly since: Date;
  /** Whether the browser promised to keep what is stored; absent until it was asked, which is at the first save. */
  readonly persisted?: boolean;
  /** The latest time that the browser found its database damaged and began a new, empty one; absent where it never did. */
  readonly lost?: StorageLoss;
}

/** What was stored until then is gone. It is kept in the new database, and told each time that is opened. */
export interface StorageLoss {
  readonly at: Date;
  /** In the browser's words. */
  readonly reason: string;
}

export type StorageListener = (status: StorageStatus) => void;

/** What the last operations on the database say about it; whoever listens is told of every change. */
export class StorageHealth {
  readonly #listeners = new Set<StorageListener>();
  #status: StorageStatus = { state: 'ok', since: new Date() };

  get status(): StorageStatus {
    return this.#status;
  }

  /** @returns how to stop listening */
  listen(listener: StorageListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  works(): void {
    if (this.#status.state === 'failing') this.become({ state: 'ok', since: new Date() });
  }

  fails({ message: reason, hint }: ErrorData): void {
    const { state, since, reason: known } = this.#status;
    if (state === 'failing' && known === reason) return;
    this.become({
      state: 'failing',
      reason,
      ...(hint !== undefined && { hint }),
      since: state === 'failing' ? since : new Date(),
    });
  }

  promised(persisted: boolean): void {
    this.become({ ...this.#status, persisted });
  }

  lost(lost: StorageLoss): void {
    const known = this.#status.lost;
    if (known?.at.getTime() !== lost.at.getTime()) this.become({ ...this.#status, lost });
  }

  become(status: StorageStatus): void {
    const { persisted, lost } = this.#status;
    this.#status = { ...(persisted !== undefined && { persisted }), ...(lost !== undefined && { lost }), ...status };
    for (const listener of [...this.#listeners]) {
      try {
        listener(this.#status);
      } catch (thrown) {
        // A listener's fault is the listener's.
        queueMicrotask(() => {
          throw thrown;
        });
      }
    }
  }
}
