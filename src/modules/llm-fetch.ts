import { HeddleError } from '../errors.ts';
import type { ModelContext } from '../ports/language-model.ts';
import { sha256Hex, utf8 } from '../program/digest.ts';
import { type ModelProvider, wireOf } from './llm-provider.ts';
import type { Json } from './llm-wire.ts';

/** Answers that another try may change: too many requests, timeouts, conflicts and failures of the server. */
const retryableStatuses: readonly number[] = [408, 409, 425, 429, 500, 502, 503, 504, 529];
const messageCharsMax = 500;

/** Sends a request to a provider. @throws MODULE_FAILED with `details.status`, and `retryAfterMs` where the provider said it */
export async function sendToProvider(
  name: string,
  provider: ModelProvider,
  path: string,
  body: Json,
  context: ModelContext,
): Promise<Response> {
  const key = provider.secret === undefined ? undefined : context.secret(provider.secret);
  const text = JSON.stringify(body);
  const headers = {
    'content-type': 'application/json',
    ...wireOf(provider).headers(key),
    ...provider.headers,
    ...idempotency(provider, context, path + text),
  };
  let response: Response;
  try {
    response = await fetch(provider.baseUrl + path, {
      method: 'POST',
      headers,
      body: text,
      signal: context.signal,
      // Never followed: a redirect could carry the key elsewhere. (`error` would be clearer, but Workers have only this.)
      redirect: 'manual',
    });
  } catch (thrown) {
    context.signal.throwIfAborted();
    throw new HeddleError({
      code: 'MODULE_FAILED',
      message: `the provider ${name} cannot be reached: ${withoutKey((thrown as Error).message, key)}`,
      hint: `is ${new URL(provider.baseUrl).host} up?`,
      retryable: true,
    });
  }
  if (response.ok) return response;
  throw refusal(name, response, withoutKey(await response.text().catch(() => ''), key));
}

/** One task may ask several times, each time something else. */
function idempotency(
  { idempotencyHeader }: ModelProvider,
  context: ModelContext,
  request: string,
): { readonly [name: string]: string } {
  if (idempotencyHeader === undefined || !context.idempotencyKey) return {};
  return { [idempotencyHeader]: sha256Hex(utf8(`${context.idempotencyKey}/${request}`)) };
}

function refusal(name: string, response: Response, told: string): HeddleError {
  const retryAfterMs = readRetryAfter(response.headers);
  const { status } = response;
  return new HeddleError({
    code: 'MODULE_FAILED',
    message: `the provider ${name} answered ${status}: ${messageOf(told)}`,
    ...(status === 401 || status === 403 ? { hint: 'check the key in the vault of the host' } : {}),
    retryable: retryableStatuses.includes(status),
    details: { status, ...(retryAfterMs !== undefined && { retryAfterMs }) },
  });
}

/** `Retry-After` in seconds or as a date (RFC 9110 §10.2.3), and its twin in milliseconds. */
export function readRetryAfter(headers: Headers, nowMs = Date.now()): number | undefined {
  const ms = Number(headers.get('retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(ms) && ms >= 0) return Math.ceil(ms);
  const given = headers.get('retry-after');
  if (given === null) return undefined;
  const seconds = Number(given);
  if (Number.isFinite(seconds)) return Math.max(0, Math.ceil(seconds * 1000));
  const date = Date.parse(given);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

/** Providers put the reason in `error.message`. */
function messageOf(told: string): string {
  try {
    const { error } = JSON.parse(told) as { error?: { message?: unknown } };
    if (typeof error?.message === 'string') return error.message.slice(0, messageCharsMax);
  } catch {
    // Not JSON: told as it is.
  }
  return told.slice(0, messageCharsMax);
}

function withoutKey(told: string, key: string | undefined): string {
  return key === undefined || key === '' ? told : told.replaceAll(key, '[secret]');
}
