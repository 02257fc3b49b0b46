import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ErrorData, HeddleError } from '../../src/errors.ts';
import { pipelineFormat, readFormat } from '../../src/formats/index.ts';
import { createEngine } from '../../src/index.ts';
import { parseDocument } from '../../src/program/parse.ts';
import { chatOverHttp } from './pipeline/chat-over-http.ts';
import { modelServer, promptOf, type Reply } from './pipeline/model-server.ts';

const folder = new URL('../../../shared/data/pipelines/', import.meta.url).pathname;
const present = existsSync(folder);
if (!present) console.warn(`skipped: tests on pipelines, because ${folder} is absent`);

const valid = [
  'claude_batch_example',
  'claude_extract_example',
  'claude_robust_example',
  'claude_session_example',
  'claude_smart_example',
  'complex_workflow',
  'comprehensive_config_example',
  'comprehensive_test_workflow',
  'nested_processor',
  'performance_demo',
  'research_paper_improvement_native_loop',
  'test_nested_basic',
];
const onlyWithEcho = ['nested_processor', 'test_nested_basic'];
const text = (name: string) => readFileSync(`${folder}${name}.yaml`, 'utf8');
/** What the samples read of the file system. */
const files = {
  './lib/pipeline/config.ex': 'defmodule Config',
  './requirements.txt': 'It has to add.',
  './workspace/docs/documentation.md': '# Docs',
  'examples/test_data.txt': 'one\ntwo',
};

function errorsOf(read: () => unknown): readonly ErrorData[] {
  try {
    read();
  } catch (thrown) {
    return (thrown as HeddleError).errors ?? [];
  }
  return [];
}

type Answers = { readonly [step: string]: Record<string, unknown> };
async function run(source: object | string, { reply, inputs = {} }: { reply?: Reply; inputs?: object } = {}) {
  const server = await modelServer(reply);
  const { program, modules } = readFormat(typeof source === 'string' ? source : JSON.stringify(source));
  const engine = await createEngine({ modules: [...modules, chatOverHttp(server.url)] });
  const { status, result, error } = await engine.execute(program, inputs);
  await engine.close();
  return { status, result: result as unknown as Answers, error, ...server };
}
const workflow = (steps: readonly object[], more: object = {}) => ({ workflow: { name: 'w', steps, ...more } });
const say = (name: string, content: string, more: object = {}) => ({
  name,
  type: 'gemini',
  prompt: [{ type: 'static', content }],
  ...more,
});
const echo = (name: string, value: unknown, more: object = {}) => ({ name, type: 'test_echo', value, ...more });
const set = (name: string, variables: object, more: object = {}) => ({
  name,
  type: 'set_variable',
  variables,
  ...more,
});

describe.skipIf(!present)('the samples', () => {
  test.each(valid)('%s is valid and runs to its end', async (name) => {
    const { status, error, result } = await run(text(name), {
      inputs: { files, inputs: { item_name: 'x', item_count: 2, multiplier: 3 } },
    });
    expect(error).toBeUndefined();
    expect(status).toBe('COMPLETED');
    const { steps } = (parseDocument(text(name)) as { workflow: { steps: { name: string }[] } }).workflow;
    expect(Object.keys(result)).toEqual(steps.map((step) => step.name));
  });

  test('verdicts on the others', () => {
    expect(errorsOf(() => readFormat(text('data_transform_example')))).toMatchObject([
      {
        code: 'BAD_SCHEMA',
        path: 'workflow.steps[0].prompt',
        message: expect.stringContaining('generate_sample_data'),
      },
      { path: 'workflow.steps[6].prompt' },
    ]);
    expect(errorsOf(() => readFormat(text('nested_with_error')))).toMatchObject([
      { path: 'workflow.steps[1].type', message: expect.stringContaining('invalid_step_type') },
    ]);
    const strict = pipelineFormat({ testEcho: false });
    for (const name of valid)
      expect(errorsOf(() => strict.read(parseDocument(text(name)), name)).length > 0).toBe(onlyWithEcho.includes(name));
  });

  test('nested_processor computes with its inputs', async () => {
    const { result } = await run(text('nested_processor'), {
      inputs: { inputs: { item_name: 'bolt', item_count: 4, multiplier: 5 } },
    });
    expect(result.process_input?.result).toBe('Processing bolt with count 4');
    expect(result.final_count?.result).toBe(20);
    expect(result.analysis?.result).toMatchObject({ details: 'Final count: 20' });
  });
});

describe('prompts', () => {
  test('are parts joined by one newline; results are pretty JSON with sorted keys', async () => {
    const { requests } = await run(
      workflow([
        say('a', 'first'),
        {
          ...say('b', ''),
          prompt: [
            { type: 'static', content: 'x' },
            { type: 'previous_response', step: 'a' },
            { type: 'file', path: './f.txt' },
            { type: 'session_context' },
            { type: 'previous_response', step: 'a', extract: 'nope', strict: false },
          ],
        },
      ]),
      { reply: () => 'hello', inputs: { files: { 'f.txt': 'FILE' } } },
    );
    expect(promptOf(requests[1] as never)).toBe(
      'x\n{\n  "content": "hello",\n  "cost": 0.001,\n  "success": true,\n  "text": "hello"\n}\nFILE\n\nnil',
    );
  });

  test.each([
    [{ type: 'file', path: 'gone.txt' }, 'there is no file gone.txt'],
    [{ type: 'previous_response', step: 'a', extract: 'b.c' }, 'the result of a has no b.c'],
  ])('%j fails the run', async (part, message) => {
    const { status, error } = await run(workflow([say('a', 'first'), { ...say('b', ''), prompt: [part] }]));
    expect([status, error?.code]).toEqual(['FAILED', 'NOT_FOUND']);
    expect(error?.message).toContain(message);
  });

  test('options and defaults reach the provider', async () => {
    const { requests } = await run(
      workflow(
        [
          say('a', 'p', { token_budget: { temperature: 0.1, max_output_tokens: 5 }, functions: ['f'] }),
          {
            name: 'c',
            type: 'claude',
            prompt: [{ type: 'static', content: 'q' }],
            claude_options: { system_prompt: 'S', append_system_prompt: 'T' },
          },
        ],
        {
          defaults: { gemini_model: 'g1', claude_options: { model: 'c1' } },
          gemini_functions: { f: { description: 'd', parameters: { type: 'object' } } },
        },
      ),
    );
    expect(requests).toEqual([
      {
        provider: 'google',
        model: 'g1',
        messages: [{ role: 'user', content: 'p' }],
        temperature: 0.1,
        maxTokens: 5,
        tools: [{ name: 'f', description: 'd', parameters: { type: 'object' } }],
      },
      {
        provider: 'anthropic',
        model: 'c1',
        messages: [
          { role: 'system', content: 'S\nT' },
          { role: 'user', content: 'q' },
        ],
      },
    ]);
  });
});

describe('steps', () => {
  test('are skipped when their condition does not hold, and the run goes on', async () => {
    const { result, requests } = await run(
      workflow([echo('a', 1), say('b', 'x', { condition: 'a.result > 5' }), echo('c', '{{steps.b.skipped}}')]),
    );
    expect(result.b).toEqual({ success: true, skipped: true, reason: 'condition_not_met' });
    expect([result.c?.result, requests.length]).toEqual([true, 0]);
  });

  test('stop at the first that fails', async () => {
    const { status, error, requests } = await run(workflow([say('a', 'x'), say('b', 'y')]), { reply: () => 400 });
    expect([status, error?.code, requests.length]).toEqual(['FAILED', 'PROVIDER', 1]);
  });

  test('set_variable keeps types, its scopes are looked through from loop to global', async () => {
    const { result } = await run(
      workflow([
        set('a', { n: 1, m: 5 }, { scope: 'global' }),
        set('b', { n: '{{state.n + 1}}' }, { scope: 'session' }),
        echo('c', ['{{n}}', '{{state.m}}', '<{{nothing}}>', '{{steps.x.y}}']),
      ]),
    );
    expect(result.c?.result).toEqual([2, 5, '<>', '{{steps.x.y}}']);
  });

  test('data_transform', async () => {
    const orders = [
      { id: 1, user: 7, total: 50, status: 'open' },
      { id: 2, user: 8, total: 250, status: 'done' },
      { id: 3, user: 7, total: 150, status: 'done' },
    ];
    const transform = (name: string, input: string, ...operations: object[]) => ({
      name,
      type: 'data_transform',
      input_source: input,
      operations,
    });
    const { result, error } = await run(
      workflow([
        echo('data', {
          orders,
          users: [
            { id: 7, tier: 'gold' },
            { id: 8, tier: 'tin' },
          ],
        }),
        {
          ...transform(
            'done',
            'previous_response:data:result.orders',
            { operation: 'filter', field: 'status', condition: "status == 'done'" },
            { operation: 'sort', field: 'total', order: 'desc' },
          ),
          output_field: 'finished',
        },
        transform(
          'joined',
          'previous_response:done',
          {
            operation: 'join',
            left_field: 'user',
            right_source: 'previous_response:data.result.users',
            join_key: 'id',
          },
          { operation: 'group_by', field: 'tier' },
        ),
        transform('sum', 'previous_response:finished', { operation: 'aggregate', field: 'total', function: 'sum' }),
        transform(
          'mapped',
          'previous_response:done:finished',
          { operation: 'map', field: 'status', mapping: { done: 'D' } },
          { operation: 'map', field: 'total', expression: 'total * 2' },
        ),
      ]),
    );
    expect(error).toBeUndefined();
    expect(result.done?.finished).toEqual([orders[1], orders[2]]);
    expect(result.joined?.result).toEqual({
      gold: [{ ...orders[2], tier: 'gold' }],
      tin: [{ ...orders[1], tier: 'tin' }],
    });
    expect(result.sum?.result).toBe(400);
    expect(result.mapped?.result).toMatchObject([
      { status: 'D', total: 500 },
      { status: 'D', total: 300 },
    ]);
  });

  test('file_ops work on the given files and are seen by later steps', async () => {
    const { result, requests } = await run(
      workflow([
        { name: 'copy', type: 'file_ops', operation: 'copy', source: 'a.txt', destination: 'out/b.txt' },
        { name: 'up', type: 'file_ops', operation: 'stream_process', source: 'out/b.txt', processor: 'uppercase' },
        { name: 'list', type: 'file_ops', operation: 'list', path: 'out' },
        { ...say('ask', ''), prompt: [{ type: 'file', path: './out/b.txt' }] },
      ]),
      { inputs: { files: { 'a.txt': 'abc' } } },
    );
    expect([result.up?.text, result.list?.files, promptOf(requests[0] as never)]).toEqual([
      'ABC',
      ['out/b.txt'],
      'abc',
    ]);
  });

  test('sessions go on with their conversation', async () => {
    const session = (name: string, content: string) => ({
      name,
      type: 'claude_session',
      session_config: { session_name: 's' },
      prompt: [{ type: 'static', content }],
    });
    const { requests } = await run(workflow([session('a', 'one'), session('b', 'two')]), {
      reply: (_, count) => `reply ${count}`,
    });
    expect(requests[1]?.messages).toEqual([
      { role: 'user', content: 'one' },
      { role: 'assistant', content: 'reply 1' },
      { role: 'user', content: 'two' },
    ]);
  });

  test('a batch tells which tasks failed and succeeds, a parallel step has every task', async () => {
    const task = (id: string) => ({ task_id: id, prompt: [{ type: 'static', content: id }] });
    const { result } = await run(
      workflow([
        { name: 'b', type: 'claude_batch', tasks: [task('good'), task('bad')] },
        {
          name: 'p',
          type: 'parallel_claude',
          parallel_tasks: [
            { ...task('x'), id: 'x' },
            { ...task('y'), id: 'y' },
          ],
        },
      ]),
      {
        reply: (request) => (promptOf(request) === 'bad' ? 400 : `re ${promptOf(request)}`),
      },
    );
    expect(result.b).toMatchObject({
      success: true,
      total_tasks: 2,
      successful_tasks: 1,
      failed_tasks: 1,
      batch_results: [{ status: 'success', text: 're good' }, { status: 'error' }],
    });
    expect(result.p).toMatchObject({
      success: true,
      individual_results: [{ id: 'x', text: 're x' }, { id: 'y' }],
      x: { text: 're x' },
    });
  });

  test('claude_robust tries again, then falls back', async () => {
    const robust = (action: string) => ({
      name: 'r',
      type: 'claude_robust',
      prompt: [{ type: 'static', content: 'p' }],
      retry_config: { max_retries: 2, base_delay_ms: 1, fallback_action: action },
    });
    const flaky = await run(workflow([robust('graceful_degradation')]), {
      reply: (_, count) => (count < 3 ? 503 : 'fine'),
    });
    expect([flaky.result.r?.text, flaky.requests.length]).toEqual(['fine', 3]);
    const down = await run(workflow([robust('cached_response')]), { reply: () => 503 });
    expect(down.result.r).toMatchObject({ success: true, degraded: true, fallback_action: 'graceful_degradation' });
    expect(down.requests.length).toBe(3);
    const simple = await run(workflow([robust('simplified_prompt')]), {
      reply: (request) => (promptOf(request).startsWith('Please give a brief answer') ? 'brief' : 503),
    });
    expect(simple.result.r?.text).toBe('brief');
  });

  test('a long text is cut', async () => {
    const { result } = await run(workflow([say('a', 'x')]), { reply: () => 'ü'.repeat(60_000) });
    expect(String(result.a?.text)).toMatch(/\n\[TRIMMED: 120000 bytes total\]$/);
  });
});

describe('steps of steps', () => {
  const loop = (more: object = {}) => ({
    name: 'loop',
    type: 'for_loop',
    iterator: 'x',
    data_source: 'list',
    steps: [echo('double', '{{multiply(x, 2)}}'), set('sum', { total: '{{state.total + x}}' })],
    ...more,
  });

  test('a for_loop goes through its items in order and keeps what it sets', async () => {
    const { result } = await run(
      workflow([set('start', { list: [1, 2, 3], total: 0 }), loop(), echo('after', '{{state.total}}')]),
    );
    expect(result.loop).toMatchObject({
      success: true,
      total_items: 3,
      completed_items: 3,
      iterations: [
        { index: 0, item: 1, results: { double: { result: 2 } } },
        { index: 1 },
        { index: 2, item: 3, results: { double: { result: 6 } } },
      ],
    });
    expect(result.after?.result).toBe(6);
  });

  test('over no items, with a break, in parallel', async () => {
    const empty = await run(workflow([set('start', { list: [] }), loop()]));
    expect(empty.result.loop).toMatchObject({ success: true, iterations: [], total_items: 0 });
    const broken = await run(
      workflow([set('start', { list: [1, 2, 3], total: 0 }), loop({ break_condition: 'double.result == 4' })]),
    );
    expect(broken.result.loop).toMatchObject({ total_items: 2 });
    const parallel = await run(
      workflow([set('start', { list: [1, 2, 3, 4, 5, 6, 7] }), loop({ parallel: true, max_parallel: 3 })]),
    );
    expect(((parallel.result.loop?.iterations ?? []) as { item: number }[]).map(({ item }) => item)).toEqual([
      1, 2, 3, 4, 5, 6, 7,
    ]);
  });

  test('a failing iteration ends the run, unless break_on_error is false', async () => {
    const body = [{ ...say('ask', '{{x}}') }];
    const reply: Reply = (request) => (promptOf(request) === '2' ? 400 : 'ok');
    const list = set('start', { list: [1, 2, 3] });
    expect((await run(workflow([list, loop({ steps: body })]), { reply })).status).toBe('FAILED');
    const { result } = await run(workflow([list, loop({ steps: body, break_on_error: false })]), { reply });
    expect(result.loop).toMatchObject({
      success: false,
      total_items: 3,
      completed_items: 2,
      iterations: [{ success: true }, { success: false }, { success: true }],
    });
  });

  test('a while_loop ends with its condition, or without success at its cap', async () => {
    const counting = (max: number) =>
      workflow([
        set('start', { n: 0 }),
        {
          name: 'w',
          type: 'while_loop',
          condition: 'n < 3',
          max_iterations: max,
          steps: [set('inc', { n: '{{state.n + 1}}' })],
        },
        echo('after', '{{n}}'),
      ]);
    const ended = await run(counting(10));
    expect([ended.result.w?.success, ended.result.w?.total_items, ended.result.after?.result]).toEqual([true, 3, 3]);
    const capped = await run(counting(2));
    expect([capped.status, capped.result.w?.success, capped.result.after?.result]).toEqual(['COMPLETED', false, 2]);
  });

  test('a nested pipeline gets inputs and gives outputs', async () => {
    const inner = { name: 'inner', steps: [echo('e', '{{inputs.n}}'), echo('f', { deep: '{{steps.e.result}}!' })] };
    const { result, error } = await run(
      workflow([
        echo('a', 4),
        {
          name: 'n',
          type: 'pipeline',
          pipeline: inner,
          inputs: { n: '{{steps.a.result}}' },
          outputs: ['e', { path: 'f.result.deep', as: 'g' }],
        },
      ]),
    );
    expect(error).toBeUndefined();
    expect(result.n).toMatchObject({ success: true, e: { result: 4 }, g: '4!' });
  });

  test('pipeline_file comes from the given files, else it is a program of the host', () => {
    const document = workflow([{ name: 'n', type: 'pipeline', pipeline_file: 'inner.yaml' }]);
    const inner = 'workflow:\n  name: inner\n  steps:\n    - { name: e, type: test_echo, value: 1 }\n';
    const program = (files: Record<string, string>) =>
      pipelineFormat({ files }).read(document, 'p').program.nodes['n#run']?.program;
    expect(program({ 'inner.yaml': inner })).toMatchObject({ heddle: 1, name: 'inner' });
    expect(program({})).toBe('inner.yaml');
  });
});

test('names that the language keeps for itself, and names twice', async () => {
  const { result, error } = await run(
    workflow([echo('input', 1), echo('a b["c"]', '{{steps.input.result}}'), echo('input', 2)]),
  );
  expect(error).toBeUndefined();
  expect([result.input?.result, result['a b["c"]']?.result]).toEqual([2, 1]);
});

test('without a provider the run says so', async () => {
  const { program, modules } = pipelineFormat({ chat: 'my.chat' }).read(workflow([say('a', 'x')]), 'p');
  const engine = await createEngine({ modules });
  const { error } = await engine.execute(program);
  expect(error).toMatchObject({ code: 'UNSUPPORTED', message: expect.stringContaining('my.chat') });
  await engine.close();
});

test('a killed process is gone on with between steps, without asking again', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'heddle-pipeline-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, 'p.json');
  writeFileSync(
    file,
    JSON.stringify(
      workflow(
        [1, 2, 3, 4].map((n) => say(`s${n}`, `prompt ${n}`)),
        { checkpoint_enabled: true },
      ),
    ),
  );
  let third = (): void => undefined;
  const reached = new Promise<void>((resolve) => {
    third = resolve;
  });
  const server = await modelServer((_, count) => {
    if (count !== 3) return `reply ${count}`;
    third();
    return new Promise(() => undefined);
  });
  const script = new URL('pipeline/run-pipeline.ts', import.meta.url).pathname;
  const start = () =>
    spawn(process.execPath, ['--experimental-transform-types', '--no-warnings', script, directory, file, server.url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  const first = start();
  const died = new Promise((resolve) => first.on('exit', resolve));
  await Promise.race([reached, died]);
  first.kill('SIGKILL');
  await died;
  const second = start();
  let output = '';
  second.stdout.on('data', (part) => {
    output += part;
  });
  await new Promise((resolve) => second.on('close', resolve));
  expect(JSON.parse(output)).toMatchObject({
    status: 'COMPLETED',
    result: { s1: { text: 'reply 1' }, s3: { text: 'reply 4' } },
  });
  expect(server.requests.map(promptOf)).toEqual(['prompt 1', 'prompt 2', 'prompt 3', 'prompt 3', 'prompt 4']);
}, 60_000);
