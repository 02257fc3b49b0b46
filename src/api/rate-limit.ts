/** How many requests a caller may send. */
export interface RateLimitOptions {
  readonly perSecond: number;
  /** At once, after a pause. */
  readonly burst: number;
}

const callersMax = 10_000;

/** One bucket of tokens for each caller. */
export class RateLimit {
  readonly #options: RateLimitOptions;
  readonly #buckets = new Map<string, { tokens: number; atMs: number }>();

  constructor(options: RateLimitOptions) {
    this.#options = options;
  }

  /** @returns after how many seconds the caller may come again; 0: it may go on */
  take(caller: string, nowMs: number): number {
    const { perSecond, burst } = this.#options;
    const bucket = this.#buckets.get(caller) ?? { tokens: burst, atMs: nowMs };
    // Whoever was here last is forgotten last.
    this.#buckets.delete(caller);
    this.#buckets.set(caller, bucket);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > callersMax && oldest !== undefined) this.#buckets.delete(oldest);
    bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, nowMs - bucket.atMs) / 1000) * perSecond);
    bucket.atMs = Math.max(bucket.atMs, nowMs);
    if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / perSecond));
    bucket.tokens -= 1;
    return 0;
  }
}
