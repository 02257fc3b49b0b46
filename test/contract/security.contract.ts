import { describe, expect, test } from 'vitest';
import { routes } from '../../src/api/routes.ts';
import { type ApiFetch, access, as, goodClaims, keys, post, quick, token, waits } from './service.ts';

const { sub: _, ...withoutSubject } = goodClaims;
const { exp: __, ...withoutEnd } = goodClaims;
const basic = `Basic ${Buffer.from(`admin:${keys.admin}`).toString('base64')}`;

/** What nobody is let in with. */
const badCredentials: { readonly [kind: string]: string | undefined } = {
  none: undefined,
  'an empty bearer': 'Bearer ',
  'another scheme': basic,
  'an unknown key': 'Bearer key-of-nobody-000001',
  'a key with something behind it': `Bearer ${keys.admin}x`,
  'the beginning of a key': `Bearer ${keys.admin.slice(0, -1)}`,
  'a token without a signature': `Bearer ${token(goodClaims, { alg: 'none' })}`,
  'a token signed by another': `Bearer ${token(goodClaims, { key: 'a secret of theirs' })}`,
  'a token of another algorithm': `Bearer ${token(goodClaims, { alg: 'HS512' })}`,
  'an expired token': `Bearer ${token({ ...goodClaims, exp: 1_000_000 })}`,
  'a token that never expires': `Bearer ${token(withoutEnd)}`,
  'a token for another service': `Bearer ${token({ ...goodClaims, aud: 'others' })}`,
  'a token of another issuer': `Bearer ${token({ ...goodClaims, iss: 'https://evil.example' })}`,
  'a token of nobody': `Bearer ${token(withoutSubject)}`,
  'a token with a role there is not': `Bearer ${token({ ...goodClaims, role: 'root' })}`,
  'a token with a tenant that is no name': `Bearer ${token({ ...goodClaims, tenant: 'ours/../theirs' })}`,
};

const rank = { read: 0, run: 1, admin: 2 } as const;

/** Closed by default: what the table of routes says about who may do what, request by request. */
export function securityContract(name: string, fetch: ApiFetch, probes = 500): void {
  const closed = routes.filter(({ role }) => role !== 'none');
  const open = routes.filter(({ role }) => role === 'none');
  const filled = (path: string, id: string) => path.replace(/\{\w+\}/g, () => encodeURIComponent(id));
  const ask = (method: string, path: string, authorization: string | undefined) =>
    fetch(path, { method, headers: authorization === undefined ? {} : { authorization } });

  describe(`closed by default: ${name}`, () => {
    test.each(Object.entries(badCredentials))('nobody gets in with %s', async (_, authorization) => {
      for (const { method, path } of closed) {
        const response = await ask(method, filled(path, 'ex_1'), authorization);
        expect([method, path, response.status]).toEqual([method, path, 401]);
        expect(response.headers.get('content-type')).toBe('application/problem+json');
        expect(response.headers.get('www-authenticate')).toBe('Bearer');
        await response.body?.cancel();
      }
    });

    test.each(['reader', 'runner'] as const)('a %s may do what the role says and no more', async (who) => {
      const mine = who === 'reader' ? 'read' : 'run';
      for (const { method, path, role } of closed) {
        const response = await ask(method, filled(path, 'ex_nobody'), `Bearer ${keys[who]}`);
        await response.body?.cancel();
        const isRefused = rank[role as keyof typeof rank] > rank[mine];
        expect([path, response.status === 403]).toEqual([path, isRefused]);
      }
    });

    test('what is open to everybody needs nothing and takes anything', async () => {
      expect(open.map(({ path }) => path)).toEqual(['/healthz', '/readyz', '/v1/openapi.json', '/docs']);
      for (const { method, path } of open) {
        expect([path, (await ask(method, path, 'Bearer nonsense')).status]).toEqual([path, 200]);
      }
    });

    test('a token that is good lets in', async () => {
      const response = await ask('GET', '/v1/modules', `Bearer ${token(goodClaims)}`);
      expect(response.status).toBe(200);
    });

    test('no other origin is told that it may read', async () => {
      const headers = { origin: 'https://evil.example', authorization: `Bearer ${keys.admin}` };
      const response = await fetch('/v1/modules', { headers });
      expect(response.headers.get('access-control-allow-origin')).toBe(null);
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      const asked = await fetch('/v1/modules', {
        method: 'OPTIONS',
        headers: { ...headers, 'access-control-request-method': 'POST' },
      });
      expect(asked.headers.get('access-control-allow-origin')).toBe(null);
    });

    test(`${probes} probes of another tenant find nothing`, { timeout: 60_000 }, async () => {
      const ours = as(fetch, keys.runner);
      const started = await post(ours, '/v1/executions', { program: waits });
      const { executionId } = started.body as { executionId: string };
      const checkpoint = await post(ours, `/v1/executions/${executionId}/checkpoints`, {});
      const { id: checkpointId } = checkpoint.body as { id: string };
      expect([started.status, checkpoint.status]).toEqual([202, 201]);
      const about = closed.filter(({ path }) => /^\/v1\/(executions|checkpoints)\/\{id\}/.test(path));
      // Tricks with the id are only worth it where the id is guessed right.
      const tricks = [
        (id: string) => id,
        (id: string) => `${id}.x`,
        (id: string) => `../ours/${id}`,
        (id: string) => `ours/${id}`,
        (id: string) => `${id}/`,
        (id: string) => `${id}\u0000`,
        (id: string) => `.${id}`,
        (id: string) => id.toUpperCase(),
      ];
      const theirs = as(fetch, keys.stranger);
      for (let probe = 0; probe < probes; probe++) {
        const { method, path } = about[probe % about.length] as (typeof about)[number];
        const trick = tricks[Math.floor(probe / about.length) % tricks.length] as (typeof tricks)[number];
        const id = trick(path.startsWith('/v1/checkpoints') ? checkpointId : executionId);
        const tail = path.replace('{event}', 'go').replace('{id}', encodeURIComponent(id));
        const body = method === 'POST' ? JSON.stringify({ from: 'a', program: quick }) : null;
        const response = await theirs(tail, {
          method,
          body,
          headers: { 'heddle-forwarded': 'x', 'heddle-tenant': 'ours' },
        });
        const text = await response.text();
        expect([method, tail, response.status]).toEqual([method, tail, 404]);
        expect(text).not.toContain('"waits"');
      }
      const { items } = (await (await theirs('/v1/executions')).json()) as {
        items: readonly { executionId: string }[];
      };
      expect(items.map((item) => item.executionId)).not.toContain(executionId);
      const mine = await (await ours(`/v1/executions/${executionId}`)).json();
      expect(mine).toMatchObject({ executionId, status: 'RUNNING' });
    });
  });
}

export { access };
