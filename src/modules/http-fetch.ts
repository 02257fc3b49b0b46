import { HeddleError } from '../errors.ts';
import { defineModule, type Module } from '../ports/module.ts';
import type { Value } from '../program/value.ts';
import { type Called, type CallOptions, call } from './call.ts';

export interface FetchInput {
  readonly url: string;
  /** Default GET. */
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** A value `{ secret: name }` is taken from the host's vault. */
  readonly headers?: { readonly [name: string]: string | { readonly secret: string } };
  /** Sent as it is when a text, else as JSON. */
  readonly body?: Value;
  /** How the answer is read; default by its content type: JSON, text, else bytes. */
  readonly as?: 'json' | 'text' | 'bytes';
  /** Statuses of 400 and more are results too, not failures. */
  readonly anyStatus?: boolean;
}

export interface FetchOutput {
  readonly url: string;
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: Value;
}

/**
 * `http.fetch` under the policy of a host: which hosts, whether this machine, how much and how long. By default any public
 * https address, 1 MiB, 30 s. Failed with HTTP_STATUS: retryable for 408, 425, 429 and from 500 on, after `Retry-After`.
 */
export function httpFetchUnder(options: CallOptions): Module<FetchInput, FetchOutput> {
  return defineModule<FetchInput, FetchOutput>({
    name: 'http.fetch',
    version: '1',
    description: 'calls an https address and gives the answer',
    input: {
      type: 'object',
      required: ['url'],
      properties: {
        url: { type: 'string' },
        method: { enum: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] },
        headers: { type: 'object' },
        body: {},
        as: { enum: ['json', 'text', 'bytes'] },
        anyStatus: { type: 'boolean' },
      },
    },
    run: async (
      { url, method = 'GET', headers = {}, body, as, anyStatus = false },
      { signal, secret, idempotencyKey },
    ) => {
      const sent = new Headers();
      for (const [name, value] of Object.entries(headers))
        sent.set(name, typeof value === 'string' ? value : secret(value.secret));
      if (method === 'POST' && !sent.has('idempotency-key')) sent.set('idempotency-key', idempotencyKey);
      if (body !== undefined && typeof body !== 'string' && !sent.has('content-type'))
        sent.set('content-type', 'application/json');
      const text = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
      const called = await call(url, { method, headers: sent, ...text }, options, signal);
      if (called.status >= 400 && !anyStatus) throw statusError(called);
      return {
        url: called.url,
        status: called.status,
        headers: Object.fromEntries(called.headers),
        body: bodyOf(called, as),
      };
    },
  });
}

/** `http.fetch` of any public https address. */
export const httpFetch = httpFetchUnder({});

export function statusError({ url, status, headers }: Called): HeddleError {
  const retryAfter = Number(headers.get('retry-after') ?? Number.NaN);
  return new HeddleError({
    code: 'HTTP_STATUS',
    message: `${new URL(url).hostname} answered ${status}`,
    retryable: status === 408 || status === 425 || status === 429 || status >= 500,
    details: { status, ...(Number.isFinite(retryAfter) && { retryAfterMs: retryAfter * 1000 }) },
  });
}

function bodyOf({ body, headers }: Called, as: FetchInput['as']): Value {
  const type = headers.get('content-type') ?? '';
  const kind = as ?? (/[/+]json\b/.test(type) ? 'json' : /^text\/|[/+]xml\b/.test(type) ? 'text' : 'bytes');
  if (kind === 'bytes') return body;
  const text = new TextDecoder().decode(body);
  if (kind === 'text') return text;
  try {
    return text === '' ? null : (JSON.parse(text) as Value);
  } catch {
    throw new HeddleError({ code: 'BAD_OUTPUT', message: 'the answer is not the JSON it should be', retryable: false });
  }
}
