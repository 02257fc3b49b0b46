/** An AbortController that comes into being when somebody asks for its signal: most modules never do. */
export class LazyAbort {
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
