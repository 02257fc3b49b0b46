import { HeddleError } from '../errors.ts';
import { asValue } from '../host/values/estimate-bytes.ts';
import type { RecordStore, StoredRecord } from '../ports/record-store.ts';
import { decode, encode } from '../program/canonical.ts';
import { sha256Hex, utf8 } from '../program/digest.ts';
import { problemStatus } from './problem.ts';

export const idempotencyScope = 'idempotency';
const keptMs = 24 * 3_600_000;
/** Longer than any request is answered in: whoever is not heard of after that has died, and the next one finishes for it. */
const inFlightMs = 40_000;
const answerBytesMax = 2 ** 20;

interface Claim {
  /** Of the operation and its body. */
  readonly digest: string;
  /** What a new execution is to be called, by whoever makes it. */
  readonly newId: string;
  readonly atMs: number;
  readonly answer?: KeptAnswer;
}

interface KeptAnswer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: Uint8Array;
}

export interface Once {
  readonly key: string;
  /** What makes a request another one. */
  readonly parts: readonly (string | Uint8Array)[];
  readonly newId: string;
  readonly nowMs: number;
}

/** @throws BAD_INPUT */
export function checkKey(key: string): string {
  if (/^[\x20-\x7e]{1,255}$/.test(key)) return key;
  const message = 'an Idempotency-Key has 1 to 255 visible characters';
  throw new HeddleError({ code: 'BAD_INPUT', message, path: 'Idempotency-Key' });
}

/**
 * Requests that are answered once: the first claims the key, and its answer is given to all that come with the same key
 * and the same body within a day. An answer that blames the service (5xx) is not kept, so that one may try again, but
 * the id is: the work may have been done. After a refusal the key is free.
 * @throws CONFLICT while the first is under way, BAD_INPUT for another body under the same key
 */
export async function once(
  records: RecordStore,
  { key, parts, newId, nowMs }: Once,
  work: (newId: string, again: boolean) => Promise<Response>,
): Promise<Response> {
  const id = sha256Hex(utf8(key));
  const digest = sha256Hex(utf8(parts.map((part) => sha256Hex(typeof part === 'string' ? utf8(part) : part)).join()));
  const stored = await records.get(idempotencyScope, id);
  const isOver = stored?.expiresAtMs !== undefined && stored.expiresAtMs <= nowMs;
  const known = stored === undefined || isOver ? undefined : (decode(stored.bytes) as unknown as Claim);
  if (known !== undefined && known.digest !== digest) throw otherBody();
  if (known?.answer !== undefined) return replayed(known.answer);
  if (known !== undefined && nowMs - known.atMs < inFlightMs) throw underWay();
  // A claim that was left behind is taken over with its id: what the first has begun is found under it.
  const claim: Claim = { digest, newId: known?.newId ?? newId, atMs: nowMs };
  if (!(await put(records, id, claim, stored?.version ?? null))) throw underWay();
  const version = isVersion(stored) + 1;
  try {
    const response = await work(claim.newId, known !== undefined);
    const body = new Uint8Array(await response.clone().arrayBuffer());
    if (response.status >= 500 || body.length > answerBytesMax) await release(claim, version);
    else {
      const headers = Object.fromEntries(
        ['content-type', 'location', 'etag'].flatMap((name) => {
          const value = response.headers.get(name);
          return value === null ? [] : [[name, value]];
        }),
      );
      await put(records, id, { ...claim, answer: { status: response.status, headers, body } }, version);
    }
    return response;
  } catch (thrown) {
    if (problemStatus(thrown) < 500) await records.delete(idempotencyScope, id, version);
    else await release(claim, version);
    throw thrown;
  }

  /** For whoever comes next with the key, at once. */
  async function release(left: Claim, expected: number): Promise<void> {
    await put(records, id, { ...left, atMs: 0 }, expected);
  }

  function put(store: RecordStore, recordKey: string, data: Claim, expected: number | null) {
    const bytes = encode(asValue(data));
    return store.put({ scope: idempotencyScope, key: recordKey, bytes, expiresAtMs: nowMs + keptMs }, expected);
  }
}

function isVersion(stored: StoredRecord | undefined): number {
  return stored?.version ?? 0;
}

function replayed({ status, headers, body }: KeptAnswer): Response {
  const empty = body.length === 0;
  return new Response(empty ? null : Uint8Array.from(body), {
    status,
    headers: { ...headers, 'idempotent-replayed': 'true' },
  });
}

function otherBody(): HeddleError {
  return new HeddleError({
    code: 'BAD_INPUT',
    message: 'this Idempotency-Key was used for another request',
    hint: 'use a new key for a new request',
    path: 'Idempotency-Key',
  });
}

function underWay(): HeddleError {
  return new HeddleError({
    code: 'CONFLICT',
    message: 'a request with this Idempotency-Key is under way',
    hint: 'ask again in a moment',
    retryable: true,
    details: { retryAfterS: 1 },
  });
}
