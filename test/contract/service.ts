import { createHmac } from 'node:crypto';
import type { AccessOptions } from '../../src/api/access.ts';

/** An HTTP API to be tested: a running server, or an app called directly. It has the modules of test/homes. */
export type ApiFetch = (path: string, init?: RequestInit) => Response | Promise<Response>;

export const keys = {
  reader: 'key-of-a-reader-0001',
  runner: 'key-of-a-runner-0001',
  admin: 'key-of-an-admin-0001',
  stranger: 'key-of-a-stranger-01',
} as const;

const jwtKey = 'the-secret-of-those-who-sign-tokens';

/** What the services under test let in: three roles of a tenant, an admin of another, and tokens. */
export const access = {
  keys: [
    { id: 'reader', key: keys.reader, role: 'read', tenant: 'ours' },
    { id: 'runner', key: keys.runner, role: 'run', tenant: 'ours' },
    { id: 'admin', key: keys.admin, role: 'admin', tenant: 'ours' },
    { id: 'stranger', key: keys.stranger, role: 'admin', tenant: 'theirs' },
  ],
  jwt: { alg: 'HS256', key: jwtKey, issuer: 'https://issuer.example', audience: 'heddle' },
} as const satisfies AccessOptions;

export const goodClaims = {
  sub: 'somebody',
  role: 'admin',
  tenant: 'ours',
  iss: 'https://issuer.example',
  aud: 'heddle',
  exp: 4_000_000_000,
};

export function token(claims: object, { alg = 'HS256', key = jwtKey }: { alg?: string; key?: string } = {}): string {
  const part = (of: object) => Buffer.from(JSON.stringify(of)).toString('base64url');
  const signed = `${part({ alg, typ: 'JWT' })}.${part(claims)}`;
  const digest = alg === 'HS512' ? 'sha512' : 'sha256';
  return `${signed}.${alg === 'none' ? '' : createHmac(digest, key).update(signed).digest('base64url')}`;
}

/** Requests with the key of somebody. */
export function as(fetch: ApiFetch, key: string): ApiFetch {
  return (path, init = {}) => {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${key}`);
    return fetch(path, { ...init, headers });
  };
}

export async function post(fetch: ApiFetch, path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as never };
}

/** Waits for the event `go`. */
export const waits = {
  heddle: 1,
  name: 'waits',
  nodes: { a: { waitFor: { event: 'go', timeoutMs: 600_000 } } },
};
export const quick = { heddle: 1, name: 'quick', nodes: { a: { module: 'test.wait', with: { ms: 1 } } } };
