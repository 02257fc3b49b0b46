/** Passes on signs of life at most twice in the time of silence that is allowed, so that a talkative module costs no journal. */
export class Heartbeat {
  readonly #everyMs: number | null;
  readonly #now: () => number;
  readonly #tell: () => void;
  #toldAtMs: number;

  /** @param idleTimeoutMs undefined: nobody waits for a sign of life */
  constructor(idleTimeoutMs: number | undefined, now: () => number, tell: () => void) {
    this.#everyMs = idleTimeoutMs === undefined ? null : idleTimeoutMs / 2;
    this.#now = now;
    this.#tell = tell;
    this.#toldAtMs = this.#everyMs === null ? 0 : now();
  }

  beat(): void {
    if (this.#everyMs === null) return;
    const nowMs = this.#now();
    if (nowMs - this.#toldAtMs < this.#everyMs) return;
    this.#toldAtMs = nowMs;
    this.#tell();
  }
}
