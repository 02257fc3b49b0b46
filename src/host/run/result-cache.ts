import { HeddleError, isHeddleError } from '../../errors.ts';
import type { ArtifactStore } from '../../ports/artifact-store.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CallObserver, ModuleCall, RunningCall } from '../../ports/module-runner.ts';
import type { RecordStore } from '../../ports/record-store.ts';
import { decode, encode } from '../../program/canonical.ts';
import { sha256Hex } from '../../program/digest.ts';
import type { Value, ValueRef } from '../../program/value.ts';
import { fullName, type ModuleRegistry } from '../registry.ts';
import { asValue } from '../values/estimate-bytes.ts';
import { Values } from '../values/values.ts';
import type { CachePolicy } from '../values/work.ts';
import { relay } from './relay.ts';

export interface ResultCacheOptions {
  readonly records: RecordStore;
  readonly artifacts: ArtifactStore;
  readonly inlineBytesMax: number;
  readonly modules: ModuleRegistry;
  readonly clock: Clock;
}

/** How often calls found an equal one. */
export interface CacheCounts {
  readonly hits: number;
  readonly misses: number;
  /** Hits that waited for an equal call under way. */
  readonly waited: number;
  /** Hits over calls; 0 before any. */
  readonly hitRate: number;
}

interface Calls {
  start(observer: CallObserver): RunningCall;
  hit(output: Value): void;
}

type Entry =
  | { readonly kind: 'result'; readonly output: ValueRef }
  | { readonly kind: 'claim'; readonly owner: string; readonly untilMs: number };

const recordScope = 'cache';
/** Who has claimed a call and is not heard of again loses it after so long. */
const claimMsDefault = 300_000;
const pollMs = 50;

/**
 * Results by what was computed: SHA-256 of the module's name and version and its canonical input. Equal calls run once,
 * across executions and hosts: the first claims the key by one atomic write, the others wait for its result. Failures are
 * never kept.
 */
export class ResultCache {
  readonly #options: ResultCacheOptions;
  readonly #values: Values;
  readonly #counts = { hits: 0, misses: 0, waited: 0 };

  constructor(options: ResultCacheOptions) {
    this.#options = options;
    this.#values = new Values(recordScope, options.artifacts, options.inlineBytesMax);
  }

  get counts(): CacheCounts {
    const { hits, misses } = this.#counts;
    return { ...this.#counts, hitRate: hits + misses === 0 ? 0 : hits / (hits + misses) };
  }

  /** Runs a call, or finds its result. */
  run(call: ModuleCall, policy: CachePolicy, observer: CallObserver, calls: Calls): RunningCall {
    let running: RunningCall | null = null;
    let aborted: Parameters<RunningCall['abort']>[0] | null = null;
    const owner = `${call.executionId}/${call.taskId}/${call.generation}`;
    const compute = (key: string | null, version: number): void => {
      this.#counts.misses++;
      if (aborted !== null) {
        if (key !== null) void this.#forget(key, version);
        return;
      }
      running = calls.start(
        relay(observer, {
          succeeded: (output) => {
            const kept = key === null ? Promise.resolve() : this.#keep(key, version, output, policy.ttlMs);
            // A result that cannot be kept is still a result.
            kept.catch(() => undefined).then(() => observer.succeeded(output));
          },
          failed: (error) => {
            if (key !== null) void this.#forget(key, version);
            observer.failed(error);
          },
        }),
      );
    };
    const { clock } = this.#options;
    const ask = async (): Promise<void> => {
      const key = this.#keyOf(call, policy);
      for (let waited = false; aborted === null; waited = true) {
        const found = await this.#findOrClaim(key, owner, call.timeoutMs);
        if ('output' in found) {
          this.#counts.hits++;
          if (waited) this.#counts.waited++;
          return calls.hit(found.output);
        }
        if ('version' in found) return compute(key, found.version);
        // To wait for an equal call is no silence of the module.
        observer.heartbeat();
        await new Promise<void>((resolve) => clock.wakeAt(`${owner}#cache`, clock.now() + pollMs, resolve));
      }
    };
    ask().catch((thrown) => {
      // Without its store the cache is no use, but the call still can run.
      if (isHeddleError(thrown) && thrown.code === 'STORAGE_FAILED') compute(null, 0);
      else observer.failed(new HeddleError({ code: 'BAD_INPUT', message: String(thrown), retryable: false }).toJSON());
    });
    return {
      abort: (reason) => {
        aborted = reason;
        if (running === null) observer.failed(reason);
        else running.abort(reason);
      },
    };
  }

  /** Module, version and canonical input; the scope keeps what should not meet apart. */
  #keyOf({ module, input }: ModuleCall, { scope = 'shared' }: CachePolicy): string {
    const name = fullName(this.#options.modules.get(module));
    return `${scope}/${sha256Hex(encode([name, input]))}`;
  }

  async #findOrClaim(
    key: string,
    owner: string,
    timeoutMs = claimMsDefault,
  ): Promise<{ readonly output: Value } | { readonly version: number } | { readonly wait: true }> {
    const { records, clock } = this.#options;
    const nowMs = clock.now();
    const known = await records.get(recordScope, key);
    if (known !== undefined) {
      const entry = decode(known.bytes) as unknown as Entry;
      const isExpired = known.expiresAtMs !== undefined && known.expiresAtMs <= nowMs;
      if (entry.kind === 'result' && !isExpired) return { output: await this.#values.get(entry.output) };
      if (entry.kind === 'claim' && entry.owner !== owner && entry.untilMs > nowMs) return { wait: true };
    }
    const claim: Entry = { kind: 'claim', owner, untilMs: nowMs + timeoutMs };
    const version = known?.version ?? null;
    const record = { scope: recordScope, key, bytes: encode(asValue(claim)), expiresAtMs: claim.untilMs };
    if (!(await records.put(record, version))) return { wait: true };
    return { version: (version ?? 0) + 1 };
  }

  async #keep(key: string, version: number, output: Value, ttlMs: number | undefined): Promise<void> {
    const { records, clock } = this.#options;
    const entry: Entry = { kind: 'result', output: await this.#values.put(output) };
    const expires = ttlMs === undefined ? {} : { expiresAtMs: clock.now() + ttlMs };
    await records.put({ scope: recordScope, key, bytes: encode(asValue(entry)), ...expires }, version);
  }

  async #forget(key: string, version: number): Promise<void> {
    await this.#options.records.delete(recordScope, key, version);
  }
}
