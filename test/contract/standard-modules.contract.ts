import { expect, test } from 'vitest';
import { pipelineFormat, readFormat } from '../../src/formats/index.ts';
import { standardModules } from '../../src/modules/index.ts';
import type { Program, ProgramNode } from '../../src/program/program.ts';
import type { Value } from '../../src/program/value.ts';
import { oneOfEach } from '../formats/one-of-each.ts';

/** A home in which a program can be executed. */
export interface ModulesHome {
  /** What the execution ended with, as JSON tells it. */
  execute(program: Program, inputs: { readonly server: string; readonly [name: string]: Value }): Promise<Ended>;
  /** Address of the server of the tests (test/support/call-server.ts), as this home sees it. */
  readonly server: string;
}

export interface Ended {
  readonly result?: unknown;
  readonly error?: unknown;
  readonly timeline: readonly {
    readonly type: string;
    readonly taskId?: string;
    readonly data?: { readonly error?: { readonly code: string } };
  }[];
}

const passages = [
  { offset: 0, text: 'Call me Ishmael.' },
  { offset: 20, text: 'The whale is white.' },
];
const square = { width: 3, height: 1, pixels: [5, 10, 9] };
/** A block of 3 x 3 on a ground of 5 x 5; its middle lies 2 from the ground. */
const block = {
  width: 5,
  height: 5,
  pixels: Array.from({ length: 25 }, (_, at) => (at % 5 > 0 && at % 5 < 4 && at > 4 && at < 20 ? 1 : 0)),
};
const closure = { closure: { parameter: 'x', body: '*(x,k)', captures: { k: 3 }, functions: {} } };

/** Every module at work, the images on typed arrays that go from node to node. */
const good: { readonly [id: string]: ProgramNode } = {
  split: { module: 'text.split', with: { text: 'one\n\ntwo', charsMax: 4 } },
  search: { module: 'search.bm25', with: { query: 'white whale', passages, k: 1 } },
  score: {
    module: 'text.score',
    with: {
      question: 'Which colour has the whale?',
      text: 'The whale that Ahab hunted over all the seas is white. He is old.',
    },
  },
  extract: {
    module: 'text.extract',
    with: { question: 'Which colour has the whale?', sentences: '${score.sentences}' },
  },
  phantom: { module: 'image.phantom', with: { size: 32, noise: 0 } },
  threshold: { module: 'image.threshold', with: { image: block } },
  distance: { module: 'image.distance', with: { mask: '${threshold}' } },
  components: { module: 'image.components', with: { mask: '${threshold}' } },
  percentile: { module: 'image.percentile', with: { image: square, percent: 50 } },
  deepest: { module: 'image.percentile', with: { image: '${distance}', mask: '${threshold}', percent: 100 } },
  overlay: {
    module: 'image.overlay',
    with: { image: block, components: '${components}', distance: '${distance}', core: 2 },
  },
  barrier: { module: 'barrier', with: { x: 1 } },
  setup: { module: 'setup', with: { x: 2 } },
  cleanup: { module: 'cleanup', with: { x: 3 }, needs: ['setup'], trigger: 'always' },
  condition: { module: 'condition', with: { expression: 'input > 2', value: 3 } },
  transform: { module: 'transform', with: { expression: 'item * 2', value: [1, 2], each: true } },
  validate: { module: 'validate', with: { value: { n: 1 }, schema: { type: 'object', required: ['n'] } } },
  test: {
    module: 'test',
    with: { value: [1], assertions: [{ expression: 'size(input) == 1' }, { expression: 'input[0]', equals: 1 }] },
  },
  wait: { module: 'wait', with: { ms: 5 } },
  fetch: { module: 'http.fetch', with: { url: '${input.server}/json', method: 'POST', body: { q: 1 } } },
  redirect: { module: 'http.fetch', with: { url: '${input.server}/redirect' } },
  notify: { module: 'notify', with: { url: '${input.server}/json', event: 'done', payload: { n: 1 } } },
  range: { module: 'default.range', with: { args: [3] } },
  mapped: { module: 'default.map', with: { args: ['${range}', closure] } },
  sum: { module: 'vox1.+', with: { args: [1, 2] } },
  concat: { module: 'strings.concat', with: { args: ['a', 'b'] } },
};

const expected = {
  split: {
    passages: [
      { offset: 0, text: 'one' },
      { offset: 5, text: 'two' },
    ],
  },
  found: 'The whale is white.',
  quotation: 'The whale that Ahab hunted over all the seas is white.',
  parts: 1,
  deepest: [2, 9],
  phantom: 32 * 32,
  percentile: { value: 9, pixels: 3 },
  overlay: 5 * 5 * 4,
  barrier: { x: 1 },
  setup: { x: 2 },
  cleanup: { x: 3 },
  condition: { met: true },
  transform: { value: [2, 4] },
  validate: { valid: true, value: { n: 1 }, errors: [] },
  test: { passed: 2, failed: 0 },
  wait: { waitedMs: 5 },
  fetched: { method: 'POST', path: '/json', body: '{"q":1}' },
  redirected: { method: 'GET', path: '/json', body: '' },
  notified: 200,
  vox: [[0, 3, 6], 3, 'ab'],
};

const outputs = {
  split: '${split}',
  found: '${search.hits[0].text}',
  quotation: '${extract.quotation}',
  parts: '${components.count}',
  deepest: ['${deepest.value}', '${deepest.pixels}'],
  phantom: '${size(phantom.pixels)}',
  percentile: '${percentile}',
  overlay: '${size(overlay.pixels)}',
  barrier: '${barrier}',
  setup: '${setup}',
  cleanup: '${cleanup}',
  condition: '${condition}',
  transform: '${transform}',
  validate: '${validate}',
  test: { passed: '${test.passed}', failed: '${test.failed}' },
  wait: '${wait}',
  fetched: '${fetch.body}',
  redirected: '${redirect.body}',
  notified: '${notify.status}',
  vox: ['${mapped}', '${sum}', '${concat}'],
};

const inputsOf: { readonly [format: string]: object } = {
  Heddle: { n: 2 },
  'Heddle short form': {},
  DSPex: { ms: 1 },
  WfFormat: { scale: 0.001 },
  'IntelliBrowse execution graph': { ms: 1 },
};

/** What the programs of one-of-each.ts give. */
const resultOf: { readonly [format: string]: unknown } = {
  Heddle: { x: 3 },
  'Heddle short form': { w: { waitedMs: 1 } },
  DSPex: { b: { waitedMs: 1 } },
  WfFormat: { b: { runtimeS: 2 } },
  'VoxLogicA workplan': { doubled: [0, 2, 4] },
  pipeline_ex: {
    ask: { prompt: 'hello 1' },
    set: { y: 1 },
    batch: { successful_tasks: 1 },
    loop: { completed_items: 2 },
    data: { result: [{ a: 2 }] },
    nested: { e: { result: 1 } },
  },
  'IntelliBrowse execution graph': { b: { waitedMs: 1 } },
};

/** One call of each kind that has to fail, with its code. */
const bad: { readonly [id: string]: readonly [code: string, module: string, input: object] } = {
  split: ['BAD_INPUT', 'text.split', { text: 1 }],
  search: ['BAD_INPUT', 'search.bm25', { query: 'x' }],
  phantom: ['BAD_INPUT', 'image.phantom', { size: 0 }],
  percentile: ['BAD_INPUT', 'image.percentile', { image: square, percent: 101 }],
  condition: ['CONDITION_NOT_MET', 'condition', { expression: 'input > 2', value: 1, required: true }],
  transform: ['BAD_EXPRESSION', 'transform', { expression: 'input.', value: 1 }],
  validate: ['BAD_SCHEMA', 'validate', { value: {}, schema: { type: 'object', required: ['n'] } }],
  test: ['TEST_FAILED', 'test', { value: 1, assertions: [{ expression: 'input == 2' }] }],
  wait: ['BAD_INPUT', 'wait', { ms: -1 }],
  status: ['HTTP_STATUS', 'http.fetch', { url: '${input.server}/status/404' }],
  outside: ['BAD_INPUT', 'http.fetch', { url: 'http://10.0.0.1/' }],
  large: ['LIMIT_EXCEEDED', 'http.fetch', { url: '${input.server}/large' }],
  notified: ['HTTP_STATUS', 'notify', { url: '${input.server}/status/500', event: 'x' }],
  zero: ['BAD_INPUT', 'vox1./', { args: [1, 0] }],
};

/** Every standard module gives the same answers and the same errors in every home. */
export function standardModulesContract(name: string, open: () => Promise<ModulesHome>): void {
  test(`SM1 each standard module answers: ${name}`, { timeout: 60_000 }, async () => {
    const { execute, server } = await open();
    const { result, error, timeline } = await execute(
      { heddle: 1, name: 'good', tolerance: 'tolerant', nodes: good, outputs } as Program,
      { server },
    );
    const failed = timeline
      .filter(({ type }) => type === 'TASK_FAILED')
      .map(({ taskId, data }) => [taskId, data?.error]);
    expect([failed, error]).toEqual([[], undefined]);
    expect(result).toEqual(expected);
  });

  test(`SM2 each refuses in its own words: ${name}`, { timeout: 60_000 }, async () => {
    const { execute, server } = await open();
    const nodes = Object.fromEntries(
      Object.entries(bad).map(([id, [, module, input]]) => [id, { module, with: input }]),
    );
    const { timeline } = await execute({ heddle: 1, name: 'bad', tolerance: 'tolerant', nodes } as Program, { server });
    const failed = timeline
      .filter(({ type }) => type === 'TASK_FAILED')
      .map(({ taskId, data }) => [taskId, data?.error?.code]);
    expect(Object.fromEntries(failed)).toEqual(
      Object.fromEntries(Object.entries(bad).map(([id, [code]]) => [id, code])),
    );
  });

  test(`SM4 a program of every format runs: ${name}`, { timeout: 60_000 }, async () => {
    const { execute, server } = await open();
    for (const [format, document] of Object.entries(oneOfEach)) {
      const { program } =
        format === 'pipeline_ex'
          ? pipelineFormat({ chat: 'test.chat' }).read(document, 'small')
          : readFormat(JSON.stringify(document), 'small');
      const { result, error } = await execute(program, { server, ...inputsOf[format] });
      expect([format, error]).toEqual([format, undefined]);
      expect(result).toMatchObject(resultOf[format] as object);
    }
  });

  test('SM3 no standard module is left out', () => {
    const called = new Set(Object.values(good).map(({ module }) => module));
    // llm.* need a provider: test/modules/llm.test.ts gives them one.
    const names = standardModules.map((module) => module.name).filter((name) => !name.startsWith('llm.'));
    expect(names.filter((name) => !called.has(name))).toEqual([]);
  });
}
