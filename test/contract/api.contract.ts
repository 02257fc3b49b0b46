import { describe, expect, test } from 'vitest';
import { everyEnding } from '../homes/expectations.ts';

/** An HTTP API to be tested: a running server, or an app called directly. It has the modules of test/homes. */
export type ApiFetch = (path: string, init?: RequestInit) => Response | Promise<Response>;

const slow = {
  heddle: 1,
  name: 'slow',
  nodes: {
    first: { module: 'test.wait', with: { ms: 5 } },
    long: { module: 'test.wait', with: { ms: 600 }, needs: ['first'] },
    last: { module: 'test.wait', with: { ms: 5 }, needs: ['long'] },
  },
};

const m = { module: 'test.wait', with: { ms: 1 } };
const program = (nodes: unknown, more: object = {}) => ({ heddle: 1, name: 'bad', nodes, ...more });
const deep = 100_000;

/** A bad request: its name, its body, the status, the code and the path it has to be answered with. */
const badBodies: readonly (readonly [string, string, number, string, string | undefined])[] = [
  ['a cycle', bodyOf(program({ a: { ...m, needs: ['b'] }, b: { ...m, needs: ['a'] } })), 422, 'CYCLE', 'nodes.a'],
  ['a self-loop', bodyOf(program({ a: { ...m, needs: ['a'] } })), 422, 'SELF_LOOP', 'nodes.a.needs[0]'],
  ['an unknown node', bodyOf(program({ a: { ...m, needs: ['b'] } })), 422, 'UNKNOWN_NODE', 'nodes.a.needs[0]'],
  ['an unknown module', bodyOf(program({ a: { module: 'x' } })), 422, 'UNKNOWN_MODULE', 'nodes.a.module'],
  ['an id twice', bodyOf({ modules: ['a', 'a'] }), 422, 'DUPLICATE_ID', 'modules[1]'],
  ['a bad expression', bodyOf(program({ a: { ...m, if: '(' } })), 422, 'BAD_EXPRESSION', 'nodes.a.if'],
  ['a bad schema', bodyOf(program({ a: { ...m, retrys: 1 } })), 422, 'BAD_SCHEMA', 'nodes.a.retrys'],
  [
    'a limit',
    bodyOf(program({ a: { ...m, retry: { attempts: 5000 } } })),
    422,
    'LIMIT_EXCEEDED',
    'nodes.a.retry.attempts',
  ],
  [
    'a reserved id',
    '{"program":{"heddle":1,"name":"p","nodes":{"__proto__":{"module":"m"}}}}',
    422,
    'RESERVED_ID',
    'nodes.__proto__',
  ],
  ['no program', '{}', 422, 'BAD_SCHEMA', 'program'],
  ['no object', '[1]', 422, 'BAD_SCHEMA', '$'],
  ['broken JSON', '{"program": ', 400, 'BAD_SYNTAX', undefined],
  [`JSON ${deep} deep`, `{"program":${'['.repeat(deep)}${']'.repeat(deep)}}`, 422, 'LIMIT_EXCEEDED', undefined],
  [
    'inputs that do not match',
    bodyOf(program({ a: m }, { inputs: { type: 'object', required: ['q'] } })),
    422,
    'BAD_INPUT',
    'inputs',
  ],
];

function bodyOf(of: unknown): string {
  return JSON.stringify({ program: of, inputs: {} });
}

/** Every field an answer can have; each test reads those it expects. */
interface Answer {
  readonly executionId: string;
  readonly status: string | number;
  readonly progress: { readonly completedTasks: number };
  readonly result: { readonly flaky: unknown };
  readonly startedAt: string;
  readonly items: readonly { readonly id: string }[];
  readonly next?: string;
  readonly code: string;
  readonly path?: string;
  readonly errors?: readonly { readonly code: string; readonly path?: string }[];
  readonly plan: { readonly levels: readonly unknown[] };
}

/** The part of CONTRACT.md §3 that every home with an HTTP API serves. */
export function apiContract(name: string, fetch: ApiFetch): void {
  const json = async (path: string, init?: RequestInit) => {
    const response = await fetch(path, init);
    return { status: response.status, headers: response.headers, body: (await response.json()) as Answer };
  };
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    json(path, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });
  const start = async (of: unknown): Promise<string> => {
    const { status, headers, body } = await post('/v1/executions', { program: of });
    expect(status).toBe(202);
    expect(headers.get('location')).toBe(`/v1/executions/${body.executionId}`);
    return `/v1/executions/${body.executionId}`;
  };
  const until = async (path: string, wanted: (body: Answer) => boolean) => {
    for (let polls = 0; polls < 200; polls++) {
      const { body } = await json(path);
      if (wanted(body)) return body;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`${path} does not get there`);
  };
  /** Reads server-sent events until the stream ends or `enough` of them have come. */
  const sse = async (path: string, headers: Record<string, string> = {}, enough = Number.POSITIVE_INFINITY) => {
    const response = await fetch(path, { headers: { accept: 'text/event-stream', ...headers } });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const reader = (response.body as ReadableStream<Uint8Array>)
      .pipeThrough(new TextDecoderStream() as never)
      .getReader() as ReadableStreamDefaultReader<string>;
    let text = '';
    const told = () =>
      [...text.matchAll(/^id: (\d+)\nevent: (\w+)\ndata: (.*)\n\n/gm)].map(([, id, type]) => [Number(id), type]);
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      text += part.value;
      if (told().length >= enough) break;
    }
    await reader.cancel();
    return told();
  };

  describe(`API: ${name}`, () => {
    test('an execution is started, told about, and its result fetched', async () => {
      const path = await start(everyEnding);
      const { status } = await until(path, ({ status }) => status !== 'RUNNING' && status !== 'PENDING');
      expect(status).toBe('COMPLETED');
      const { status: code, body: result } = await json(`${path}/result`);
      expect([code, result.status, result.result.flaky]).toEqual([200, 'COMPLETED', { attempt: 3 }]);
      expect(result.startedAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    });

    test('a result is refused while it runs; one that did not change is not sent again', async () => {
      const path = await start(slow);
      expect(await json(`${path}/result`)).toMatchObject({ status: 409, body: { code: 'NOT_ALLOWED' } });
      await until(path, ({ status }) => status === 'COMPLETED');
      const tag = (await fetch(path)).headers.get('etag') ?? '';
      expect((await fetch(path, { headers: { 'if-none-match': tag } })).status).toBe(304);
    });

    test('who prefers to wait gets the result', async () => {
      const { status, body } = await post('/v1/executions', { program: program({ a: m }) }, { prefer: 'wait=30' });
      expect([status, body.status, body.result]).toEqual([200, 'COMPLETED', { a: { waited: 1 } }]);
    });

    test('events stream live, and one who comes back gets what was missed, once', async () => {
      const path = `${await start(slow)}/events`;
      const first = await sse(path, {}, 3);
      const seen = first.at(-1)?.[0] as number;
      const rest = await sse(path, { 'last-event-id': String(seen) });
      const ids = [...first, ...rest].map(([id]) => id);
      expect(ids).toEqual(ids.map((_, index) => index + 1));
      expect([first[0]?.[1], rest.at(-1)?.[1]]).toEqual(['EXECUTION_STARTED', 'EXECUTION_COMPLETED']);
      const { body: page } = await json(`${path}?after=2&limit=2`);
      expect([page.items.map(({ id }) => id), page.next]).toEqual([['3', '4'], '4']);
      expect(await json(`${path}?after=x`)).toMatchObject({ status: 422, body: { code: 'BAD_INPUT', path: 'after' } });
    });

    test('pause holds back what has not started, resume goes on, cancel ends', async () => {
      const path = await start(slow);
      await until(path, ({ progress }) => progress.completedTasks === 1);
      expect(await post(`${path}/pause`, {})).toMatchObject({ status: 200, body: { status: 'PAUSED' } });
      expect(await post(`${path}/resume`, {})).toMatchObject({ status: 200, body: { status: 'RUNNING' } });
      expect(await post(`${path}/cancel`, { reason: 'enough' })).toMatchObject({ status: 200 });
      await until(path, ({ status }) => status === 'CANCELLED');
      expect(await post(`${path}/pause`, {})).toMatchObject({ status: 409, body: { code: 'NOT_ALLOWED' } });
    });

    test('what is not there is not found', async () => {
      for (const path of ['/v1/executions/ex_nobody', '/v1/nothing', '/v1/executions/ex_nobody/events']) {
        const { status, headers, body } = await json(path);
        expect([status, body.code, headers.get('content-type')]).toEqual([
          404,
          'NOT_FOUND',
          'application/problem+json',
        ]);
      }
    });

    test.each(badBodies)('%s is refused', async (_, body, status, code, path) => {
      const answer = await post('/v1/executions', body);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
      const errors = answer.body.errors ?? [answer.body];
      expect(errors.map((error) => [error.code, error.path])).toContainEqual([code, path ?? errors[0]?.path]);
      expect(answer.body).toMatchObject({
        type: `urn:heddle:error:${answer.body.code}`,
        status,
        title: expect.any(String),
      });
    });

    test('a chain of 100,000 nodes is accepted or refused with its limit, never hung upon', {
      timeout: 60_000,
    }, async () => {
      const nodes = Object.fromEntries(
        Array.from({ length: 100_000 }, (_, n) => [`n${n}`, { ...m, ...(n > 0 && { needs: [`n${n - 1}`] }) }]),
      );
      const { status, body } = await post('/v1/programs:validate', program(nodes));
      if (status === 200) expect(body.plan.levels.length).toBe(100_000);
      else expect([status, body.code]).toEqual([422, 'LIMIT_EXCEEDED']);
    });
  });
}
