import { HeddleError } from '../../errors.ts';
import type { ArtifactStore } from '../../ports/artifact-store.ts';
import type { MaybePromise } from '../../ports/maybe-promise.ts';
import { sha256Hex } from '../../program/digest.ts';
import { guarded } from '../sql/guarded.ts';

/** What is needed of a bucket; an R2 bucket fits. */
export interface Bucket {
  put(key: string, bytes: Uint8Array): Promise<unknown>;
  get(key: string): Promise<{ arrayBuffer(): Promise<ArrayBuffer> } | null>;
  list(options: { prefix: string; cursor?: string }): Promise<{
    readonly objects: readonly { readonly key: string }[];
    readonly truncated: boolean;
    readonly cursor?: string;
  }>;
  delete(keys: string[]): Promise<void>;
}

export interface ObjectArtifactStoreOptions {
  readonly inner: ArtifactStore;
  readonly bucket: Bucket;
  /** First part of every key. */
  readonly tenant: string;
}

/** Smaller ones stay beside the journal: a row is cheaper than a call to the bucket. */
const largeBytesMin = 2 ** 20;

/** Keeps large artifacts in a bucket (R2) under `tenant/execution/digest`, the others in the object itself. */
export class ObjectArtifactStore implements ArtifactStore {
  readonly #options: ObjectArtifactStoreOptions;

  constructor(options: ObjectArtifactStoreOptions) {
    this.#options = options;
  }

  put(executionId: string, digest: string, bytes: Uint8Array): MaybePromise<void> {
    if (bytes.byteLength < largeBytesMin) return this.#options.inner.put(executionId, digest, bytes);
    return this.#told('store an artifact', async () => {
      await this.#options.bucket.put(this.#prefix(executionId) + digest, bytes);
    });
  }

  async get(executionId: string, digest: string): Promise<Uint8Array | undefined> {
    const known = await this.#options.inner.get(executionId, digest);
    if (known !== undefined) return known;
    return this.#told('read an artifact', async () => {
      const found = await this.#options.bucket.get(this.#prefix(executionId) + digest);
      if (found === null) return undefined;
      const bytes = new Uint8Array(await found.arrayBuffer());
      if (sha256Hex(bytes) === digest) return bytes;
      throw new HeddleError({
        code: 'CORRUPT',
        message: `artifact ${digest} of execution ${executionId} is not what was stored`,
      });
    });
  }

  async list(executionId: string): Promise<readonly string[]> {
    const prefix = this.#prefix(executionId);
    const large = (await this.#keys(prefix)).map((key) => key.slice(prefix.length));
    return [...new Set([...(await this.#options.inner.list(executionId)), ...large])].sort();
  }

  /** Erases what the bucket has of an execution. */
  async erase(executionId: string): Promise<void> {
    const keys = await this.#keys(this.#prefix(executionId));
    await this.#told('erase artifacts', async () => {
      for (let at = 0; at < keys.length; at += keysMax) await this.#options.bucket.delete(keys.slice(at, at + keysMax));
    });
  }

  #prefix(executionId: string): string {
    return `${encodeURIComponent(this.#options.tenant)}/${encodeURIComponent(executionId)}/`;
  }

  #keys(prefix: string): Promise<readonly string[]> {
    return this.#told('list artifacts', async () => {
      const keys: string[] = [];
      for (let cursor: string | undefined; ; ) {
        const page = await this.#options.bucket.list({ prefix, ...(cursor !== undefined && { cursor }) });
        keys.push(...page.objects.map(({ key }) => key));
        cursor = page.cursor;
        if (!page.truncated || cursor === undefined) return keys;
      }
    });
  }

  /** Failures of the bucket are those of a store. */
  async #told<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      return guarded(what, () => {
        throw thrown;
      });
    }
  }
}

/** A bucket takes so many in one call. */
const keysMax = 1000;
