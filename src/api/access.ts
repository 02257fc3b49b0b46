import type { Context } from 'hono';
import { verify } from 'hono/jwt';
import { HeddleError } from '../errors.ts';
import { sha256Hex, utf8 } from '../program/digest.ts';
import { isRole, isTenant, type Principal, type Role, tenantDefault } from './principal.ts';

export interface ApiKey {
  /** How it is called where it is told about. */
  readonly id: string;
  readonly key: string;
  readonly role: Role;
  readonly tenant?: string;
}

/** Tokens that others sign. They need `exp`, `sub`, and the claims `role` and `tenant`. */
export interface JwtOptions {
  /** The only algorithm that is believed, whatever a token says of itself. */
  readonly alg: 'HS256' | 'RS256';
  /** The secret of HS256; the public key of RS256 as PEM. */
  readonly key: string;
  readonly issuer?: string;
  readonly audience?: string;
}

export interface AccessOptions {
  readonly keys?: readonly ApiKey[];
  readonly jwt?: JwtOptions;
}

/** Finds out who asks. @throws NOT_ALLOWED with `details.status` 401 or 503 */
export type Authenticate = (c: Context) => Principal | Promise<Principal>;

const loopback: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Closed by default: with keys, one has to be shown; without any, only the machine itself is served. */
export function authentication({ keys = [], jwt }: AccessOptions): Authenticate {
  const known = new Map(
    keys.map(({ key, id, role, tenant = tenantDefault }) => [digestOf(key), { id, role, tenant }] as const),
  );
  if (known.size === 0 && jwt === undefined) return onlyLoopback;
  return async (c) => {
    const shown = shownKey(c);
    if (shown === undefined) throw refused(401, 'this needs a key', 'send Authorization: Bearer KEY');
    // Digests have one length and tell nothing about where two keys differ.
    const principal = known.get(digestOf(shown)) ?? (jwt === undefined ? undefined : await ofToken(shown, jwt));
    if (principal !== undefined) return principal;
    throw refused(401, 'the key or token is not one of this service', 'it may have expired');
  };
}

/** Pages cannot give a WebSocket headers, but protocols: `new WebSocket(url, ['heddle', 'bearer.KEY'])`. */
function shownKey(c: Context): string | undefined {
  const protocols = (c.req.header('sec-websocket-protocol') ?? '').split(',').map((each) => each.trim());
  const [, key] = /^bearer ([\w.~+/=-]{1,8192})$/i.exec(c.req.header('authorization') ?? '') ?? [];
  return key ?? protocols.find((each) => each.startsWith('bearer.'))?.slice('bearer.'.length);
}

async function ofToken(token: string, { alg, key, issuer, audience }: JwtOptions): Promise<Principal | undefined> {
  if (token.split('.').length !== 3) return undefined;
  try {
    const claims = await verify(token, key, {
      alg,
      ...(issuer !== undefined && { iss: issuer }),
      ...(audience !== undefined && { aud: audience }),
    });
    const { exp, sub, role, tenant } = claims as Readonly<Record<string, unknown>>;
    if (typeof exp !== 'number' || typeof sub !== 'string' || sub === '') return undefined;
    return isRole(role) && isTenant(tenant) ? { id: sub, role, tenant } : undefined;
  } catch {
    return undefined;
  }
}

/** Without keys a page of any other origin, open in a browser on this machine, must not get in on the browser's feet. */
function onlyLoopback(c: Context): Principal {
  const { hostname, origin } = new URL(c.req.url);
  const from = c.req.header('origin');
  if (loopback.has(hostname)) {
    if (from === undefined || from === origin) return { id: 'loopback', role: 'admin', tenant: tenantDefault };
    throw refused(403, `a page of ${from.slice(0, 100)} may not call this service`, 'set HEDDLE_API_KEY');
  }
  throw refused(503, 'no key is configured, so only this machine is served', 'set HEDDLE_API_KEY');
}

export function refused(status: 401 | 403 | 503, message: string, hint: string): HeddleError {
  return new HeddleError({ code: 'NOT_ALLOWED', message, hint, details: { status } });
}

function digestOf(key: string): string {
  return sha256Hex(utf8(key));
}
