import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isHeddleError } from '../../src/errors.ts';
import { createEngine } from '../../src/index.ts';
import { llmModules } from '../../src/modules/index.ts';
import { anthropicWire } from '../../src/modules/llm-anthropic.ts';
import { readRetryAfter } from '../../src/modules/llm-fetch.ts';
import { geminiWire } from '../../src/modules/llm-gemini.ts';
import { openaiWire } from '../../src/modules/llm-openai.ts';
import type { ModuleContext } from '../../src/ports/module.ts';
import type { Value } from '../../src/program/value.ts';
import { ModelServer } from '../support/model-server.ts';

const key = 'sk-very-secret';
let server: ModelServer;
beforeAll(async () => {
  server = await new ModelServer(() => '').start();
});
afterAll(() => server.close());
beforeEach(() => {
  server.calls.length = 0;
  server.answered.length = 0;
});

function context(signal = new AbortController().signal) {
  const emitted: Value[] = [];
  const used: unknown[] = [];
  const made: ModuleContext = {
    signal,
    attempt: 1,
    idempotencyKey: '',
    executionId: 'e',
    taskId: 't',
    traceparent: '',
    emit: (chunk) => emitted.push(chunk),
    progress: () => undefined,
    log: () => undefined,
    heartbeat: () => undefined,
    usage: (usage) => used.push(usage),
    metric: () => undefined,
    secret: () => key,
  };
  return { made, emitted, used };
}

function module(name: string) {
  const found = llmModules({ providers: server.providers }).find((each) => each.name === name);
  if (found === undefined) throw new Error(name);
  return found;
}

const formats = ['openai', 'anthropic', 'gemini'] as const;

describe.each(formats)('llm.chat over %s', (provider) => {
  const input = { provider, model: 'm-1', system: 'Be brief.', prompt: 'Who is Queequeg?' };

  test.each([false, true])('an answer with its usage, streamed: %s', async (stream) => {
    server.answering = () => 'A harpooneer — from Kokovoko.';
    const { made, emitted, used } = context();
    const reply = await module('llm.chat').run({ ...input, stream }, made);
    expect(reply).toEqual({
      text: 'A harpooneer — from Kokovoko.',
      toolCalls: [],
      stop: 'end',
      model: 'm-1',
      usage: { calls: 1, inputTokens: 4, outputTokens: 8, cachedTokens: 0, costUsd: (4 + 80) / 1e6 },
    });
    // What it took is told to the engine too.
    expect(used).toEqual([reply.usage]);
    expect(emitted.map((chunk) => (chunk as { text: string }).text).join('')).toBe(stream ? reply.text : '');
    expect(emitted.length > 1).toBe(stream);
    const [call] = server.calls;
    expect(JSON.stringify(call?.body)).toContain('Be brief.');
    expect(JSON.stringify(call?.body)).not.toContain(key);
    expect(call?.path).not.toContain(key);
    expect(JSON.stringify(call?.headers)).toContain(key);
  });

  test.each([false, true])('tools are called and answered, streamed: %s', async (stream) => {
    const tools = [
      {
        name: 'weather',
        description: 'of a town',
        parameters: { type: 'object', properties: { town: { type: 'string' } } },
      },
    ];
    server.answering = (_, index) =>
      index === 0 ? { tools: [{ name: 'weather', args: { town: 'Nantucket' } }] } : 'It rains.';
    const asked = await module('llm.chat').run({ ...input, tools, stream }, context().made);
    expect(asked.stop).toBe('tool');
    expect(asked.toolCalls).toEqual([{ id: expect.any(String), name: 'weather', arguments: { town: 'Nantucket' } }]);
    const messages = [
      { role: 'user', content: 'How is the weather?' },
      { role: 'assistant', content: '', toolCalls: asked.toolCalls },
      { role: 'tool', content: 'rain', toolCallId: asked.toolCalls[0].id },
    ];
    expect(
      (await module('llm.chat').run({ provider, model: 'm-1', messages, tools, stream }, context().made)).text,
    ).toBe('It rains.');
    expect(JSON.stringify(server.calls[1]?.body)).toContain('rain');
  });

  test.each([
    [429, true],
    [503, true],
    [400, false],
    [401, false],
  ])('status %i: retryable %s', async (status, retryable) => {
    server.answering = () => ({ status, headers: { 'retry-after': '2' }, message: `no, ${key}` });
    const failed = await module('llm.chat')
      .run(input, context().made)
      .catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'MODULE_FAILED', retryable, details: { status, retryAfterMs: 2000 } });
    expect(JSON.stringify(failed)).not.toContain(key);
    expect(String(failed)).toContain('no, [secret]');
  });

  test('a stream that breaks off is a failure to try again', async () => {
    server.answering = () => ({ text: 'A long answer that never comes to its end.', breakAfter: 2 });
    await expect(module('llm.chat').run({ ...input, stream: true }, context().made)).rejects.toMatchObject({
      code: 'MODULE_FAILED',
      retryable: true,
    });
  });

  test('an abort ends it at once', async () => {
    const stop = new AbortController();
    server.answering = () => new Promise(() => undefined);
    const running = module('llm.chat').run(input, context(stop.signal).made);
    setTimeout(() => stop.abort(new Error('enough')), 20);
    await expect(running).rejects.toThrow('enough');
  });

  test('llm.json gives what matches, without a repair', async () => {
    server.answering = () => '{"name": "Ishmael", "age": 30}';
    const found = await module('llm.json').run(
      { provider, model: 'm-1', prompt: 'Who?', schema: person },
      context().made,
    );
    expect(found).toMatchObject({ value: { name: 'Ishmael', age: 30 }, repaired: false, usage: { calls: 1 } });
  });

  test('llm.json asks once more, saying what was wrong', async () => {
    server.answering = (_, index) =>
      index === 0 ? '{"name": "Ishmael", "age": "old"}' : '{"name": "Ishmael", "age": 30}';
    const found = await module('llm.json').run(
      { provider, model: 'm-1', prompt: 'Who?', schema: person },
      context().made,
    );
    expect(found).toMatchObject({ value: { name: 'Ishmael', age: 30 }, repaired: true, usage: { calls: 2 } });
    expect(server.calls[1]?.prompt).toMatch(/does not match the schema:\n- .*age/);
  });

  test('llm.json gives up after the second', async () => {
    server.answering = () => '{"name": 1}';
    await expect(
      module('llm.json').run({ provider, model: 'm-1', prompt: 'Who?', schema: person }, context().made),
    ).rejects.toMatchObject({ code: 'BAD_OUTPUT', retryable: true });
    expect(server.calls.length).toBe(2);
  });
});

const person = {
  type: 'object',
  required: ['name', 'age'],
  properties: { name: { type: 'string' }, age: { type: 'integer' } },
  additionalProperties: false,
};

test.each(['openai', 'gemini'])('llm.embed over %s keeps the order', async (provider) => {
  const { vectors } = await module('llm.embed').run(
    { provider, model: 'e', texts: ['banana', 'kiwi'] },
    context().made,
  );
  expect(vectors).toEqual([Float32Array.of(6, 3), Float32Array.of(4, 0)]);
});

test('Anthropic embeds nothing', async () => {
  await expect(
    module('llm.embed').run({ provider: 'anthropic', model: 'e', texts: ['a'] }, context().made),
  ).rejects.toMatchObject({ code: 'UNSUPPORTED' });
});

test('an unknown provider and a server that is not there', async () => {
  const failed = await module('llm.chat')
    .run({ provider: 'nobody', model: 'm', prompt: '' }, context().made)
    .catch((error: unknown) => error);
  expect(failed).toMatchObject({
    code: 'NOT_FOUND',
    retryable: false,
    hint: expect.stringContaining('openai, anthropic, gemini'),
  });
  const gone = llmModules({ providers: { gone: { format: 'openai', baseUrl: 'http://127.0.0.1:1' } } })[0];
  await expect(gone?.run({ provider: 'gone', model: 'm', prompt: '' }, context().made)).rejects.toMatchObject({
    code: 'MODULE_FAILED',
    retryable: true,
  });
});

test.each([
  [{ 'retry-after': '3' }, 3000],
  [{ 'retry-after': '0.5' }, 500],
  [{ 'retry-after-ms': '70', 'retry-after': '9' }, 70],
  [{ 'retry-after': 'Thu, 01 Jan 1970 00:00:12 GMT' }, 2000],
  [{ 'retry-after': 'soon' }, undefined],
  [{}, undefined],
])('%j', (headers, expected) => {
  expect(readRetryAfter(new Headers(headers as Record<string, string>), 10_000)).toBe(expected);
});

test('on an engine: Retry-After is kept to, a fallback provider takes over, parts of the answer are told', async () => {
  const engine = await createEngine({
    modules: llmModules({ providers: server.providers }),
    secrets: (name) => (name === 'TEST_KEY' ? key : undefined),
  });
  server.answering = ({ format }, index) => {
    if (format === 'openai') return { status: 429, headers: { 'retry-after-ms': '120' } };
    return `index ${index}`;
  };
  const ask = { prompt: 'hello', model: 'm', stream: true };
  const begin = performance.now();
  const execution = await engine.start({
    heddle: 1,
    name: 'fallback',
    nodes: {
      ask: {
        module: 'llm.chat',
        with: { provider: 'openai', ...ask },
        retry: { attempts: 2, delayMs: 1 },
        bulkhead: { key: 'openai', limit: 2 },
        fallback: { module: 'llm.chat', with: { provider: 'gemini', ...ask } },
      },
    },
    outputs: { text: '${ask.text}', usage: '${ask.usage}' },
  });
  const chunks: unknown[] = [];
  for await (const update of execution.monitor()) {
    for (const event of update.events) if (event.type === 'TASK_OUTPUT') chunks.push(event);
  }
  const { status, result } = await execution.result();
  expect([status, result]).toEqual(['COMPLETED', { text: 'index 2', usage: expect.objectContaining({ calls: 1 }) }]);
  expect(performance.now() - begin).toBeGreaterThan(110);
  expect(chunks.length).toBeGreaterThan(0);
  expect(server.calls.map(({ format }) => format)).toEqual(['openai', 'openai', 'gemini']);
  await engine.close();
});

test('without the secret the task fails and says which', async () => {
  const engine = await createEngine({ modules: llmModules({ providers: server.providers }) });
  const nodes = { ask: { module: 'llm.chat', with: { provider: 'openai', model: 'm', prompt: '' } } };
  const { status, error } = await engine.execute({ heddle: 1, name: 'n', nodes });
  expect(status).toBe('FAILED');
  expect(error?.message).toContain('TEST_KEY');
  await engine.close();
});

test('a provider may name the limit of the answer and a header for keys of idempotency', async () => {
  server.answering = () => 'yes';
  const provider = {
    ...server.providers.openai,
    maxTokensName: 'max_tokens',
    idempotencyHeader: 'Idempotency-Key',
  } as const;
  const [chat] = llmModules({ providers: { other: provider } });
  const ask = (idempotencyKey: string, prompt: string) =>
    chat?.run({ provider: 'other', model: 'm', prompt, maxTokens: 7 }, { ...context().made, idempotencyKey });
  for (const [key, prompt] of [
    ['a', '1'],
    ['a', '1'],
    ['a', '2'],
    ['b', '1'],
  ] as const)
    await ask(key, prompt);
  const keys = server.calls.map(({ headers }) => headers['idempotency-key']);
  expect([new Set(keys).size, keys[0] === keys[1]]).toEqual([3, true]);
  expect(keys[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(server.calls[0]?.body).toMatchObject({ max_tokens: 7 });
  expect(server.calls[0]?.body).not.toHaveProperty('max_completion_tokens');
});

describe('whatever a provider says', () => {
  const keys =
    'choices message delta content tool_calls function arguments finish_reason usage prompt_tokens type text index content_block candidates parts functionCall args usageMetadata error model'.split(
      ' ',
    );
  const json = fc.letrec<{ value: Value }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom<Value>(
        null,
        true,
        'x',
        '{"a":',
        'message_start',
        'content_block_delta',
        'message_delta',
        'stop',
        -1,
        0.5,
        '',
      ),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 5, noNullPrototype: true }),
    ),
  })).value;
  const wires = { openai: openaiWire, anthropic: anthropicWire, gemini: geminiWire };

  test.each(formats)('%s: it is a reply, or refused with a code', (format) => {
    const wire = wires[format];
    const object = json.filter((each) => typeof each === 'object' && each !== null && !Array.isArray(each));
    fc.assert(
      fc.property(fc.array(object, { maxLength: 6 }), (events) => {
        try {
          const stream = wire.stream();
          for (const event of events) {
            const more = stream.read(event as never);
            expect(more === undefined || typeof more === 'string').toBe(true);
          }
          for (const reply of [stream.reply(), wire.reply((events[0] ?? {}) as never)]) {
            if (reply !== undefined)
              expect([typeof reply.text, Array.isArray(reply.toolCalls)]).toEqual(['string', true]);
          }
        } catch (thrown) {
          expect(isHeddleError(thrown), String(thrown)).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
