import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createEngine } from '../../src/index.ts';
import { checkedAddress } from '../../src/modules/address.ts';
import { httpFetchUnder, notifyUnder, standardModules } from '../../src/modules/index.ts';
import { signatureOf } from '../../src/modules/notify.ts';

interface Got {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
type Answer = {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly never?: boolean;
};

async function server(answer: (got: Got, count: number) => Answer) {
  const got: Got[] = [];
  const http = createServer((incoming, outgoing) => {
    let body = '';
    incoming.on('data', (part) => {
      body += part;
    });
    incoming.on('end', () => {
      const { method, url, headers } = incoming;
      const {
        status = 200,
        headers: sent = {},
        body: text = '',
        never = false,
      } = answer({ method, url, headers, body }, got.push({ method, url, headers, body }));
      if (never) return;
      outgoing.writeHead(status, sent).end(text);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, got };
}

const loopback = { loopback: true, hosts: ['127.0.0.1'], timeoutMs: 500, bytesMax: 1000 };
async function run(module: string, input: object, node: object = {}) {
  const others = standardModules.filter(({ name }) => name !== 'http.fetch' && name !== 'notify');
  const engine = await createEngine({
    modules: [...others, httpFetchUnder(loopback), notifyUnder(loopback)],
    secrets: (name) => (name === 'key' ? 's3cret' : undefined),
  });
  const { result, error } = await engine.execute(
    { heddle: 1, name: 'one', nodes: { a: { module, with: '${input}', ...node } } },
    input,
  );
  await engine.close();
  return error ?? (result as { a: unknown }).a;
}

test('every standard module says what it does, and names are not taken twice', () => {
  for (const { description = '' } of standardModules) expect(description).not.toBe('');
  expect(new Set(standardModules.map(({ name }) => name)).size).toBe(standardModules.length);
});

describe('transform', () => {
  test.each([
    [{ expression: 'input.a + 1', value: { a: 1 } }, { value: 2 }],
    [{ expression: 'item * 10 + index', value: [1, 2], each: true }, { value: [10, 21] }],
  ])('%j', async (input, output) => expect(await run('transform', input)).toEqual(output));

  test.each([
    [{ expression: 'input.', value: 1 }, 'BAD_EXPRESSION'],
    [{ expression: 'other.x', value: 1 }, 'BAD_EXPRESSION'],
    [{ expression: 'item', value: 1, each: true }, 'BAD_INPUT'],
    [{ value: 1 }, 'BAD_INPUT'],
  ])('%j fails', async (input, code) => expect(await run('transform', input)).toMatchObject({ code }));
});

describe('validate', () => {
  const schema = { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } };
  test('passes the value on, or fails with the place, or reports', async () => {
    expect(await run('validate', { value: { n: 1 }, schema })).toEqual({ valid: true, value: { n: 1 }, errors: [] });
    expect(await run('validate', { value: { n: 'x' }, schema })).toMatchObject({
      code: 'BAD_SCHEMA',
      context: { path: 'n' },
    });
    expect(await run('validate', { value: {}, schema, report: true })).toMatchObject({
      valid: false,
      errors: [{ message: expect.stringContaining('n') }],
    });
  });
});

describe('condition', () => {
  test('tells, or fails when it is required', async () => {
    expect(await run('condition', { expression: 'input > 2', value: 3 })).toEqual({ met: true });
    expect(await run('condition', { expression: 'input > 2', value: 1 })).toEqual({ met: false });
    expect(
      await run('condition', { expression: 'input > 2', value: 1, required: true, message: 'too small' }),
    ).toMatchObject({ code: 'CONDITION_NOT_MET', message: expect.stringContaining('too small') });
    expect(await run('condition', { expression: 'input', value: 1 })).toMatchObject({ code: 'BAD_EXPRESSION' });
  });
});

describe('test', () => {
  const assertions = [
    { expression: 'size(input) == 2' },
    { name: 'first', expression: 'input[0]', equals: 1 },
    { schema: { type: 'array' } },
  ];
  test('reports every assertion', async () => {
    expect(await run('test', { value: [1, 2], assertions })).toMatchObject({ passed: 3, failed: 0 });
    expect(await run('test', { value: [5], assertions, report: true })).toMatchObject({
      passed: 1,
      failed: 2,
      results: [{ passed: false }, { name: 'first', message: 'it is 5, not 1' }, { passed: true }],
    });
    expect(await run('test', { value: [5], assertions })).toMatchObject({
      code: 'TEST_FAILED',
      message: expect.stringContaining('2 of 3'),
    });
  });
});

test('barrier, setup, cleanup and wait', async () => {
  for (const module of ['barrier', 'setup', 'cleanup']) expect(await run(module, { x: 1 })).toEqual({ x: 1 });
  const begin = performance.now();
  expect(await run('wait', { ms: 30 })).toEqual({ waitedMs: 30 });
  expect(performance.now() - begin).toBeGreaterThan(25);
  expect(await run('wait', { ms: 60_000 }, { timeoutMs: 30 })).toMatchObject({ code: 'TIMEOUT' });
  expect(await run('wait', { ms: -1 })).toMatchObject({ code: 'BAD_INPUT' });
});

describe('addresses', () => {
  test.each([
    'http://example.org/',
    'https://user:pw@example.org/',
    'https://localhost/',
    'https://127.0.0.1/',
    'https://10.0.0.1/',
    'https://0x7f000001/',
    'https://169.254.169.254/latest/meta-data',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'file:///etc/passwd',
    'nonsense',
  ])('%s is refused', (url) =>
    expect(() => checkedAddress(url, {})).toThrow(expect.objectContaining({ code: 'BAD_INPUT' })),
  );

  test('hosts are exact or below a name', () => {
    const hosts = ['api.example.org', '*.example.com'];
    expect(checkedAddress('https://api.example.org/x', { hosts }).pathname).toBe('/x');
    expect(checkedAddress('https://a.b.example.com/', { hosts }).hostname).toBe('a.b.example.com');
    for (const host of ['example.com', 'badexample.com', 'api.example.org.evil.net'])
      expect(() => checkedAddress(`https://${host}/`, { hosts })).toThrow('not an allowed host');
  });
});

describe('http.fetch', () => {
  test('sends headers by secret, reads JSON, text and bytes', async () => {
    const { url, got } = await server(({ url: path }) => ({
      headers: {
        'content-type': path === '/json' ? 'application/json' : path === '/text' ? 'text/plain' : 'image/png',
      },
      body: '{"a":1}',
    }));
    expect(
      await run('http.fetch', {
        url: `${url}/json`,
        method: 'POST',
        body: { q: 1 },
        headers: { authorization: { secret: 'key' } },
      }),
    ).toMatchObject({ status: 200, body: { a: 1 } });
    expect(got[0]).toMatchObject({
      method: 'POST',
      body: '{"q":1}',
      headers: { authorization: 's3cret', 'content-type': 'application/json', 'idempotency-key': expect.any(String) },
    });
    expect(await run('http.fetch', { url: `${url}/text` })).toMatchObject({ body: '{"a":1}' });
    expect(await run('http.fetch', { url: `${url}/bytes` })).toMatchObject({ body: expect.any(Uint8Array) });
  });

  test('checks every hop of a redirect', async () => {
    const { url, got } = await server(({ url: path }) =>
      path === '/start'
        ? { status: 302, headers: { location: '/end' } }
        : path === '/out'
          ? { status: 302, headers: { location: 'https://evil.example/' } }
          : path === '/loop'
            ? { status: 302, headers: { location: '/loop' } }
            : { body: 'x' },
    );
    expect(await run('http.fetch', { url: `${url}/start` })).toMatchObject({ url: `${url}/end` });
    expect(await run('http.fetch', { url: `${url}/out` })).toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining('evil.example'),
    });
    expect(await run('http.fetch', { url: `${url}/loop` })).toMatchObject({ code: 'LIMIT_EXCEEDED' });
    expect(got.filter(({ url: path }) => path === '/loop')).toHaveLength(6);
  });

  test('bounds size and time, and tells which failures may pass', async () => {
    const { url, got } = await server(({ url: path }) =>
      path === '/large'
        ? { body: 'x'.repeat(2000) }
        : path === '/slow'
          ? { never: true }
          : { status: path === '/gone' ? 404 : 503 },
    );
    expect(await run('http.fetch', { url: `${url}/large` })).toMatchObject({ code: 'LIMIT_EXCEEDED' });
    expect(await run('http.fetch', { url: `${url}/slow` })).toMatchObject({ code: 'TIMEOUT' });
    const retry = { retry: { attempts: 3, delayMs: 1 } };
    expect(await run('http.fetch', { url: `${url}/gone` }, retry)).toMatchObject({ code: 'HTTP_STATUS' });
    expect(await run('http.fetch', { url: `${url}/busy` }, retry)).toMatchObject({ code: 'HTTP_STATUS' });
    expect(await run('http.fetch', { url: `${url}/gone`, anyStatus: true })).toMatchObject({ status: 404 });
    expect([
      got.filter(({ url: path }) => path === '/gone').length,
      got.filter(({ url: path }) => path === '/busy').length,
    ]).toEqual([2, 3]);
  });
});

test('notify signs what it posts, with the same delivery on every attempt', async () => {
  const { url, got } = await server((_, count) => ({ status: count === 1 ? 503 : 204 }));
  const answer = await run(
    'notify',
    { url, event: 'done', payload: { n: 1 }, secret: 'key' },
    { retry: { attempts: 2, delayMs: 1 } },
  );
  expect(answer).toMatchObject({ status: 204 });
  const [first, second] = got as [Got, Got];
  expect(second.headers['x-heddle-delivery']).toBe(first.headers['x-heddle-delivery']);
  expect(second.headers['x-heddle-signature']).toBe(
    signatureOf(`${second.headers['x-heddle-delivery']}.${second.body}`, 's3cret'),
  );
  expect(JSON.parse(second.body)).toMatchObject({ event: 'done', payload: { n: 1 }, taskId: 'a' });
});
