import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readAccess } from '../../src/api/access-settings.ts';
import { RateLimit } from '../../src/api/rate-limit.ts';
import { as, goodClaims, keys, post, quick, token } from '../contract/service.ts';
import { engineApp } from './engine-app.ts';
import { tenantService } from './tenant-service.ts';

describe('without a key', () => {
  test.each(['http://127.0.0.1:8787', 'http://localhost', 'http://[::1]:1'])('%s is served', async (origin) => {
    const { app } = await engineApp();
    expect((await app.request(`${origin}/v1/modules`)).status).toBe(200);
    expect((await app.request(`${origin}/v1/modules`, { headers: { origin } })).status).toBe(200);
  });

  test.each(['http://192.168.1.5', 'https://heddle.example', 'http://127.0.0.1.evil.example', 'http://localhost.evil'])(
    '%s is not',
    async (origin) => {
      const { app } = await engineApp();
      const response = await app.request(`${origin}/v1/modules`);
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    },
  );

  test('a page of another origin gets nowhere, though it runs in a browser of this machine', async () => {
    const { app } = await engineApp();
    const headers = { origin: 'https://evil.example', 'content-type': 'text/plain' };
    const body = JSON.stringify({ program: quick });
    const response = await app.request('http://127.0.0.1/v1/executions', { method: 'POST', headers, body });
    expect(response.status).toBe(403);
    expect(await (await app.request('http://127.0.0.1/v1/executions')).json()).toEqual({ items: [] });
  });
});

describe('tokens signed with a private key', () => {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const signed = (alg: string) => {
    const part = (of: object) => Buffer.from(JSON.stringify(of)).toString('base64url');
    const text = `${part({ alg, typ: 'JWT' })}.${part(goodClaims)}`;
    return `${text}.${sign('sha256', Buffer.from(text), pair.privateKey).toString('base64url')}`;
  };
  const ask = async (shown: string) => {
    const { app } = await engineApp({ tenant: 'ours', access: { jwt: { alg: 'RS256', key: pem } } });
    return (await app.request('https://x.example/v1/modules', { headers: { authorization: `Bearer ${shown}` } }))
      .status;
  };

  test('are believed by the public key', async () => expect(await ask(signed('RS256'))).toBe(200));
  test('the public key is no secret to sign with', async () =>
    expect(await ask(token(goodClaims, { key: pem }))).toBe(401));
  test('a tenant of another engine is not let in', async () => {
    const { app } = await engineApp({ tenant: 'others', access: { jwt: { alg: 'RS256', key: pem } } });
    const headers = { authorization: `Bearer ${signed('RS256')}` };
    expect((await app.request('https://x.example/v1/modules', { headers })).status).toBe(403);
  });
});

describe('limits', () => {
  test('whoever asks too often is told when to come again, others are served', async () => {
    let nowMs = 1_000_000;
    const { service, clock } = { service: new RateLimit({ perSecond: 2, burst: 5 }), clock: () => nowMs };
    const taken = Array.from({ length: 7 }, () => service.take('a', clock()));
    expect(taken).toEqual([0, 0, 0, 0, 0, 1, 1]);
    expect(service.take('b', clock())).toBe(0);
    nowMs += 500;
    expect([service.take('a', clock()), service.take('a', clock())]).toEqual([0, 1]);
  });

  test('too many requests are 429 with Retry-After', async () => {
    const fetch = await tenantService({ rateLimit: new RateLimit({ perSecond: 1, burst: 2 }) });
    const ask = () => as(fetch, keys.reader)('/v1/modules');
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
    const response = await ask();
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '1']);
    expect(await response.json()).toMatchObject({ code: 'LIMIT_EXCEEDED', status: 429 });
    expect((await as(fetch, keys.runner)('/v1/modules')).status).toBe(200);
  });

  test('a body beyond the limit is refused, announced or not', async () => {
    const { app } = await engineApp();
    const body = `{"program":"${'x'.repeat(6 * 2 ** 20)}"}`;
    const streamed = new Response(body).body;
    for (const sent of [body, streamed]) {
      const init = { method: 'POST', body: sent, duplex: 'half' } as RequestInit;
      const response = await app.request('http://127.0.0.1/v1/executions', init);
      expect([response.status, await response.json()]).toMatchObject([422, { code: 'LIMIT_EXCEEDED', path: '$' }]);
    }
  });
});

test('an origin that is allowed may read, and only that', async () => {
  const { app } = await engineApp({ origins: ['https://page.example'] });
  const ask = (origin: string) => app.request('http://127.0.0.1/healthz', { headers: { origin } });
  const allowed = (await ask('https://page.example')).headers;
  expect(allowed.get('access-control-allow-origin')).toBe('https://page.example');
  expect((await ask('https://other.example')).headers.get('access-control-allow-origin')).toBe(null);
});

test('whatever changes something is told to the audit, and who was refused', async () => {
  const events: object[] = [];
  const fetch = await tenantService({ audit: (event) => events.push(event) });
  await as(fetch, keys.reader)('/v1/modules');
  await post(as(fetch, keys.runner), '/v1/executions', { program: quick });
  await post(as(fetch, keys.reader), '/v1/executions', { program: quick });
  await fetch('/v1/executions');
  expect(events).toMatchObject(
    [
      { operation: 'startExecution', status: 202, principal: { id: 'runner', tenant: 'ours' }, executionId: /^ex_/ },
      { operation: 'startExecution', status: 403, principal: { id: 'reader', role: 'read' } },
      { operation: 'listExecutions', status: 401, path: '/v1/executions' },
    ].map((event) =>
      'executionId' in event ? { ...event, executionId: expect.stringMatching(event.executionId) } : event,
    ),
  );
  expect(JSON.stringify(events)).not.toContain(keys.runner);
});

describe('settings of a deployment', () => {
  test('keys, tokens, origins and rates are read from the environment', () => {
    const { access, origins, rate } = readAccess({
      HEDDLE_API_KEY: 'k'.repeat(20),
      HEDDLE_API_KEYS: JSON.stringify([{ id: 'ci', key: 'c'.repeat(20), role: 'run', tenant: 'a' }]),
      HEDDLE_JWT: JSON.stringify({ alg: 'HS256', key: 's'.repeat(32) }),
      HEDDLE_ORIGINS: 'https://a.example, https://b.example',
      HEDDLE_RATE_LIMIT: '50/100',
    });
    expect(access.keys).toMatchObject([
      { id: 'admin', role: 'admin' },
      { id: 'ci', role: 'run', tenant: 'a' },
    ]);
    expect([access.jwt?.alg, origins, rate]).toEqual([
      'HS256',
      ['https://a.example', 'https://b.example'],
      { perSecond: 50, burst: 100 },
    ]);
    expect(readAccess({})).toEqual({ access: {} });
  });

  test.each([
    [{ HEDDLE_API_KEY: 'short' }, 'HEDDLE_API_KEY'],
    [{ HEDDLE_API_KEYS: '{' }, 'HEDDLE_API_KEYS'],
    [{ HEDDLE_API_KEYS: '[{"id":"a","key":"0123456789abcdef","role":"root"}]' }, 'HEDDLE_API_KEYS'],
    [{ HEDDLE_JWT: '{"alg":"none","key":"0123456789abcdef"}' }, 'HEDDLE_JWT'],
    [{ HEDDLE_JWT: '{"alg":"HS256","key":""}' }, 'HEDDLE_JWT'],
    [{ HEDDLE_RATE_LIMIT: 'fast' }, 'HEDDLE_RATE_LIMIT'],
  ])('%o is refused, with the name of what is wrong and without its value', (env, path) => {
    expect(() => readAccess(env)).toThrow(expect.objectContaining({ code: 'BAD_INPUT', path }));
  });
});
