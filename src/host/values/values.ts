import { HeddleError } from '../../errors.ts';
import type { ArtifactStore } from '../../ports/artifact-store.ts';
import { after, isPromise, type MaybePromise } from '../../ports/maybe-promise.ts';
import { decode, encode } from '../../program/canonical.ts';
import { sha256Hex } from '../../program/digest.ts';
import type { Value, ValueRef } from '../../program/value.ts';
import { joinBatches } from './batches.ts';
import { asValue, estimateBytes } from './estimate-bytes.ts';

/** Decoded artifacts kept at hand, so that the tasks after a large result do not decode it again. */
const cachedBytesMax = 64 * 2 ** 20;

/** Turns values into references and back: inline up to the store's limit, as artifacts above it. */
export class Values {
  readonly #cache = new Map<string, { readonly value: Value; readonly byteLength: number }>();
  #cachedBytes = 0;

  constructor(
    readonly executionId: string,
    readonly artifacts: ArtifactStore,
    readonly inlineBytesMax: number,
  ) {}

  /** @throws BAD_OUTPUT when it is not a value */
  put(value: unknown): MaybePromise<ValueRef> {
    const byteLength = estimateBytes(value);
    const checked = asValue(value);
    if (byteLength <= this.inlineBytesMax) return { value: checked };
    const bytes = encode(checked);
    const digest = sha256Hex(bytes);
    const ref = { digest, byteLength: bytes.byteLength };
    return after(this.artifacts.put(this.executionId, digest, bytes), () => {
      this.#remember(digest, checked, bytes.byteLength);
      return ref;
    });
  }

  /** @throws NOT_FOUND or CORRUPT when the artifact is not there or not what it was */
  get(ref: ValueRef): MaybePromise<Value> {
    if ('value' in ref) return ref.value;
    if ('list' in ref) {
      const parts = all(ref.list.map((item) => (item === null ? null : this.get(item))));
      return ref.batchSize === undefined ? parts : after(parts, (lists) => joinBatches(lists, ref));
    }
    const cached = this.#cache.get(ref.digest);
    if (cached !== undefined) return cached.value;
    return after(this.artifacts.get(this.executionId, ref.digest), (bytes) => {
      if (bytes === undefined) {
        throw new HeddleError({
          code: 'NOT_FOUND',
          message: `artifact ${ref.digest} of execution ${this.executionId} is missing`,
        });
      }
      const value = decode(bytes);
      this.#remember(ref.digest, value, bytes.byteLength);
      return value;
    });
  }

  #remember(digest: string, value: Value, byteLength: number): void {
    if (this.#cache.has(digest) || byteLength > cachedBytesMax) return;
    this.#cache.set(digest, { value, byteLength });
    this.#cachedBytes += byteLength;
    // Map keeps insertion order, so the first key is the oldest.
    for (const [oldest, { byteLength: freed }] of this.#cache) {
      if (this.#cachedBytes <= cachedBytesMax) break;
      this.#cache.delete(oldest);
      this.#cachedBytes -= freed;
    }
  }
}

/** Like Promise.all, but stays synchronous while every part is. */
export function all<T>(parts: readonly MaybePromise<T>[]): MaybePromise<T[]> {
  return parts.some(isPromise) ? Promise.all(parts) : (parts as T[]);
}
