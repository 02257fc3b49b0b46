import { describe, expect, test } from 'vitest';
import type { ErrorData, HeddleError } from '../../src/errors.ts';
import { intellibrowseStatus, readFormat } from '../../src/formats/index.ts';
import { createEngine, defineModule } from '../../src/index.ts';
import { standardModules } from '../../src/modules/index.ts';
import type { Value } from '../../src/program/value.ts';

const node = (node_id: string, more: object = {}) => ({
  node_id,
  job_id: 'j1',
  node_name: node_id,
  node_type: 'test_case',
  node_order: 0,
  action_type: 'act',
  max_retries: 0,
  ...more,
});
const graph = (nodes: readonly unknown[], more: object = {}) => ({
  job: { job_id: 'j1', job_name: 'nightly' },
  nodes,
  ...more,
});
const read = (document: object) => readFormat(JSON.stringify(document), 'graph');

function errorsOf(document: object): readonly ErrorData[] {
  try {
    read(document);
  } catch (thrown) {
    return (thrown as HeddleError).errors ?? [];
  }
  throw new Error('was read without an error');
}

/** Runs a graph whose action `act` tells its order, fails when told to and waits when told to. */
async function run(document: object) {
  const done: string[] = [];
  const running = { now: 0, most: 0 };
  const { program, modules } = read(document);
  const engine = await createEngine({
    modules: [
      ...modules,
      ...standardModules,
      defineModule<{ fail?: boolean; gives?: Value }, Value>({
        name: 'act',
        version: '1',
        run: async ({ fail = false, gives }, { taskId }) => {
          running.most = Math.max(running.most, ++running.now);
          await new Promise((resolve) => setTimeout(resolve, 5));
          running.now--;
          done.push(taskId);
          if (fail) throw new Error(`${taskId} fails`);
          return gives ?? { by: taskId };
        },
      }),
    ],
  });
  const { status, result, error } = await engine.execute(program);
  await engine.close();
  return { status, result: result as Record<string, Value>, error, done, most: running.most };
}

describe('a graph', () => {
  test('is recognised wherever it has its nodes', () => {
    const nodes = [node('a')];
    for (const document of [{ nodes }, { execution_graph: nodes }, { job_id: 'j', execution_graph: { nodes } }])
      expect(read(document).format).toBe('IntelliBrowse execution graph');
  });

  test('has an edge where either end tells it, and runs in their order', async () => {
    const { status, done } = await run(
      graph([
        node('c', { parent_nodes: ['b'] }),
        node('a', { child_nodes: ['b'] }),
        node('b', { node_type: 'test_suite', depends_on: ['a'] }),
      ]),
    );
    expect([status, done]).toEqual(['COMPLETED', ['a', 'b', 'c']]);
  });

  test('keeps its names, limits, statuses and tags', () => {
    const { program, annotations } = read(
      graph(
        [
          node('a', {
            node_name: 'log in',
            execution_status: 'running',
            tags: ['smoke'],
            execution_config: { timeout_ms: 50, critical: false },
          }),
        ],
        {
          job: { job_id: 'j1', timeout_ms: 7000, max_parallel_nodes: 3 },
        },
      ),
    );
    expect(program).toMatchObject({
      name: 'j1',
      limits: { concurrency: 3, timeoutMs: 7000 },
      nodes: { a: { summary: 'log in', timeoutMs: 50, critical: false } },
    });
    expect(annotations?.get('a')).toMatchObject({ status: 'running', tags: ['smoke'] });
  });

  test('parameters are handed on as they are', async () => {
    const { result } = await run(graph([node('a', { action_parameters: { gives: '${input.x}' } })]));
    expect(result.a).toBe('${input.x}');
  });
});

describe('node types', () => {
  test('children of a condition run when it holds', async () => {
    const check = (id: string, expression: string) =>
      node(id, {
        node_type: 'condition',
        parent_nodes: ['a'],
        condition_expression: expression,
        condition_context: { env: 'prod' },
      });
    const { status, done } = await run(
      graph([
        node('a', { action_parameters: { gives: { score: 7 } } }),
        check('high', "env == 'prod' && a.score > 5"),
        check('low', 'a.score <= 5'),
        node('deploy', { parent_nodes: ['high'] }),
        node('revert', { parent_nodes: ['low'] }),
        node('tell', { parent_nodes: ['high', 'low'], dependency_condition: 'any' }),
        node('both', { parent_nodes: ['high', 'low'] }),
      ]),
    );
    expect(status).toBe('COMPLETED');
    expect(done.sort()).toEqual(['a', 'deploy', 'tell']);
  });

  test('a node with a condition of its own is skipped when it does not hold', async () => {
    const { status, done } = await run(
      graph([
        node('a', { action_parameters: { gives: 1 } }),
        node('b', { parent_nodes: ['a'], condition_expression: 'a == 2' }),
        node('c', { parent_nodes: ['a'], condition_expression: 'a == 1' }),
      ]),
    );
    expect([status, done]).toEqual(['COMPLETED', ['a', 'c']]);
  });

  test('a sequential group runs its children one by one in their order', async () => {
    const { done, most } = await run(
      graph([
        node('all', { node_type: 'sequential_group', action_type: 'none' }),
        ...['x', 'y', 'z'].map((id, index) => node(id, { parent_nodes: ['all'], node_order: 9 - index })),
      ]),
    );
    expect([done, most]).toEqual([['z', 'y', 'x'], 1]);
  });

  test('a parallel group bounds its members', async () => {
    const members = (max: object) =>
      graph([
        node('all', { node_type: 'parallel_group', ...max }),
        ...['u', 'v', 'w', 'x', 'y', 'z'].map((id) => node(id, { parent_nodes: ['all'], parallel_group: 'all' })),
      ]);
    expect((await run(members({ max_parallel_instances: 2 }))).most).toBe(2);
    expect((await run(members({}))).most).toBe(6);
  });

  test('cleanup runs after a failure, and so does what only waits for an end', async () => {
    const { status, done, error } = await run(
      graph([
        node('a', { action_parameters: { fail: true } }),
        node('b', { parent_nodes: ['a'] }),
        node('last', { node_type: 'cleanup', parent_nodes: ['b'] }),
        node('report', { node_type: 'notification', parent_nodes: ['a'], dependency_condition: 'conditional' }),
      ]),
    );
    expect([status, error?.taskId, done.sort()]).toEqual(['FAILED', 'a', ['a', 'last', 'report']]);
  });

  test('a checkpoint is where branches meet', async () => {
    const { result } = await run(
      graph([
        node('a', { action_parameters: { gives: 1 } }),
        node('b', { action_parameters: { gives: 2 } }),
        node('here', { node_type: 'checkpoint', parent_nodes: ['a', 'b'] }),
      ]),
    );
    expect(result).toEqual({ here: { a: 1, b: 2 } });
  });
});

describe('retries', () => {
  const policyOf = (retry_policy: object, more: object = {}) =>
    read(graph([node('a', more)], { retry_policy })).program.nodes.a;

  test.each([
    ['immediate', 'immediate'],
    ['linear_backoff', 'linear'],
    ['exponential_backoff', 'exponential'],
    ['fibonacci_backoff', 'fibonacci'],
  ])('%s', (strategy, backoff) => {
    expect(
      policyOf({ strategy, max_attempts: 5, jitter_enabled: false, non_retryable_error_types: ['BAD_INPUT'] })?.retry,
    ).toEqual({
      attempts: 5,
      backoff,
      delayMs: 1000,
      maxDelayMs: 60_000,
      factor: 2,
      jitter: 'none',
      nonRetryable: ['BAD_INPUT'],
    });
  });

  test('none, a circuit, a policy of its own, and max_retries', () => {
    expect(policyOf({ strategy: 'none' })?.retry).toBeUndefined();
    expect(policyOf({ strategy: 'circuit_breaker', failure_threshold: 2 })?.breaker).toEqual({
      failures: 2,
      openMs: 30_000,
    });
    expect(
      policyOf({ strategy: 'none' }, { execution_config: { retry_policy: { strategy: 'immediate' } } })?.retry
        ?.attempts,
    ).toBe(3);
    expect(read(graph([node('a', { max_retries: 4 })])).program.nodes.a?.retry?.attempts).toBe(5);
    expect(read(graph([node('a', { max_retries: undefined })])).program.nodes.a?.retry?.attempts).toBe(2);
  });
});

test('every status of a job has one here', () => {
  expect(Object.keys(intellibrowseStatus)).toHaveLength(12);
  for (const status of Object.values(intellibrowseStatus))
    expect(['PENDING', 'RUNNING', 'PAUSED', 'COMPLETED', 'FAILED', 'CANCELLED']).toContain(status);
});

test('errors come all at once, with their places', () => {
  const errors = errorsOf(
    graph(
      [
        node('a', { parent_nodes: ['ghost', 'a'], node_type: 'test' }),
        node('a', { dependency_condition: 'some' }),
        node('b', { node_type: 'condition', action_type: undefined }),
        node('c', { condition_expression: '((', action_type: '' }),
        3,
        { job_id: 'j' },
      ],
      { retry_policy: { strategy: 'custom_backoff', base_delay_ms: 5000, max_delay_ms: 4000 } },
    ),
  );
  expect(errors.map(({ path }) => path).sort()).toEqual([
    'nodes[0].node_type',
    'nodes[1].dependency_condition',
    'nodes[1].node_id',
    'nodes[2].condition_expression',
    'nodes[3].action_type',
    'nodes[3].condition_expression',
    'nodes[4]',
    'nodes[5].node_id',
    'retry_policy.base_delay_ms',
    'retry_policy.strategy',
  ]);
  expect(errorsOf(graph([node('a', { parent_nodes: ['ghost', 'a'] })])).map(({ code, path }) => [code, path])).toEqual([
    ['UNKNOWN_NODE', 'nodes[0].parent_nodes[0]'],
    ['SELF_LOOP', 'nodes[0].parent_nodes[1]'],
  ]);
  expect(errorsOf({ execution_graph: [] })).toMatchObject([{ path: 'execution_graph' }]);
});
