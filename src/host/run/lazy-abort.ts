/** Whether a call is still wanted. */
export interface Abort {
  readonly signal: AbortSignal;
  readonly aborted: boolean;
  /** @throws what it was aborted with */
  throwIfAborted(): void;
}

/** Of a signal that somebody has made already. */
export function abortOf(signal: AbortSignal): Abort {
  return {
    signal,
    get aborted() {
      return signal.aborted;
    },
    throwIfAborted: () => signal.throwIfAborted(),
  };
}

/** An AbortController that comes into being when somebody asks for its signal: most modules never do. */
export class LazyAbort implements Abort {
  #controller: AbortController | null = null;
  #given: { readonly reason: unknown } | null = null;

  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#given !== null) this.#controller.abort(this.#given.reason);
    }
    return this.#controller.signal;
  }

  get aborted(): boolean {
    return this.#given !== null;
  }

  abort(reason: unknown): void {
    if (this.#given !== null) return;
    this.#given = { reason };
    this.#controller?.abort(reason);
  }

  /** @throws what it was aborted with */
  throwIfAborted(): void {
    if (this.#given !== null) throw this.#given.reason;
  }
}
