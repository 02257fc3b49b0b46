import { HeddleError, isHeddleError, toErrorData } from '../errors.ts';
import { type AddressPolicy, checkedAddress } from './address.ts';

export interface CallLimits {
  /** Of the body of the answer; default 1 MiB. */
  readonly bytesMax?: number;
  /** Of the whole call, redirects included, in ms; default 30 s. */
  readonly timeoutMs?: number;
  /** Redirects that are followed; default 5. */
  readonly redirectsMax?: number;
}

export interface Called {
  /** Where the answer came from. */
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

export type CallOptions = AddressPolicy & CallLimits;

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Not handed on to another origin. */
const secretHeaders: readonly string[] = [
  'authorization',
  'cookie',
  'proxy-authorization',
  'x-api-key',
  'x-heddle-signature',
];

/**
 * One HTTP call under a policy. Redirects are followed here, each hop checked as the first; credentials are not taken to
 * another origin. @throws BAD_INPUT, LIMIT_EXCEEDED, TIMEOUT, HTTP_FAILED (retryable: the other side could not be reached)
 */
export async function call(
  address: string,
  request: { readonly method: string; readonly headers: Headers; readonly body?: string },
  options: CallOptions,
  signal: AbortSignal,
): Promise<Called> {
  const { bytesMax = 2 ** 20, timeoutMs = 30_000, redirectsMax = 5 } = options;
  const ended = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  let { method, body } = request;
  const headers = new Headers(request.headers);
  let url = checkedAddress(address, options);
  try {
    for (let hops = 0; ; hops++) {
      const init = { method, headers, signal: ended, ...(body !== undefined && { body }) };
      let response = await fetch(url, { ...init, redirect: 'manual' });
      // Pages are not told where a redirect leads: there the browser follows it, and where it ended is checked.
      if ((response.type as string) === 'opaqueredirect' && redirectsMax > 0) {
        response = await fetch(url, { ...init, redirect: 'follow' });
        url = checkedAddress(response.url, options);
      }
      const location = redirects.has(response.status) ? response.headers.get('location') : null;
      if (location === null)
        return {
          url: url.href,
          status: response.status,
          headers: response.headers,
          body: await read(response, bytesMax),
        };
      await response.body?.cancel();
      if (hops >= redirectsMax)
        throw new HeddleError({
          code: 'LIMIT_EXCEEDED',
          message: `more than ${redirectsMax} redirects`,
          retryable: false,
          details: { limit: redirectsMax },
        });
      const next = checkedAddress(location, options, url);
      if (next.origin !== url.origin) for (const name of secretHeaders) headers.delete(name);
      // Fetch standard, HTTP-redirect fetch: 303 always, and 301 or 302 of a POST, become a GET.
      if (response.status === 303 ? method !== 'HEAD' : response.status < 303 && method === 'POST') {
        [method, body] = ['GET', undefined];
        headers.delete('content-type');
      }
      url = next;
    }
  } catch (thrown) {
    throw failure(thrown, url, signal, timeoutMs);
  }
}

async function read(response: Response, bytesMax: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part !== undefined && !part.done; part = await reader?.read()) {
    length += part.value.byteLength;
    if (length > bytesMax) {
      await reader?.cancel();
      throw new HeddleError({
        code: 'LIMIT_EXCEEDED',
        message: `the answer has more than ${bytesMax} bytes`,
        retryable: false,
        details: { limit: bytesMax },
      });
    }
    parts.push(part.value);
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    body.set(part, at);
    at += part.byteLength;
  }
  return body;
}

function failure(thrown: unknown, { hostname }: URL, signal: AbortSignal, timeoutMs: number): unknown {
  if (isHeddleError(thrown)) return thrown;
  if (signal.aborted) return new HeddleError({ code: 'ABORTED', message: `the call of ${hostname} was told to stop` });
  if ((thrown as { name?: unknown } | null)?.name === 'TimeoutError')
    return new HeddleError({
      code: 'TIMEOUT',
      message: `${hostname} took longer than ${timeoutMs} ms`,
      retryable: true,
    });
  return new HeddleError({
    code: 'HTTP_FAILED',
    message: `${hostname} cannot be reached: ${toErrorData(thrown, 'MODULE_FAILED').message}`,
    retryable: true,
  });
}
