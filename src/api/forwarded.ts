import type { Context } from 'hono';
import { HeddleError } from '../errors.ts';
import type { Principal } from './principal.ts';
import type { ApiRequest } from './route.ts';

/**
 * Set by the front door on the way to the home of an execution, and believed only there: the home of an execution has no
 * other entrance, and the front door replaces what a client sends under this name.
 */
const header = 'heddle-forwarded';

/** What the front door has found out about a request. */
interface Forwarded extends Pick<ApiRequest, 'newId' | 'again'> {
  readonly principal: Principal;
}

/** A request that was let in and read, as it is passed on. @param instead of what was sent */
export function forwardedRequest(
  { c, bytes, principal, newId, again }: ApiRequest,
  instead: { readonly path?: string; readonly body?: Uint8Array<ArrayBuffer>; readonly newId?: string } = {},
): Request {
  const url = new URL(c.req.url);
  if (instead.path !== undefined) {
    url.pathname = instead.path;
    url.search = '';
  }
  const headers = new Headers(c.req.raw.headers);
  const told: Forwarded = { principal, newId: instead.newId ?? newId, again };
  headers.set(header, encodeURIComponent(JSON.stringify(told)));
  headers.delete('authorization');
  headers.delete('content-length');
  const body = instead.body ?? bytes;
  const { method, signal } = c.req.raw;
  return new Request(url, { method, headers, signal, ...(body.length > 0 && method !== 'GET' && { body }) });
}

/** @throws NOT_ALLOWED when the request did not come through the front door */
export function readForwarded(c: Context): Forwarded {
  const told = c.req.header(header);
  if (told !== undefined) return JSON.parse(decodeURIComponent(told)) as Forwarded;
  throw new HeddleError({ code: 'NOT_ALLOWED', message: 'there is one door only', details: { status: 403 } });
}
