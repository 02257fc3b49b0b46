import { PlanMaker } from './plan-maker.ts';

const plan = new PlanMaker();
const [two, three] = [plan.constant(2), plan.constant(3)];
const doubled = plan.closure(
  'x',
  '*(x,k)',
  { k: two },
  { half: { parameters: ['y'], body: '/(y,k)', captures: { k: two }, functions: {} } },
);
plan.goal('doubled', plan.operation('default.map', [plan.operation('default.range', [three]), doubled]));

/** A small program of every format, by the name of its format. */
export const oneOfEach: { readonly [format: string]: unknown } = {
  Heddle: {
    heddle: 1,
    name: 'small',
    inputs: { type: 'object', properties: { n: { type: 'integer' } } },
    limits: { concurrency: 2, timeoutMs: 60_000 },
    nodes: {
      a: { module: 'wait', with: { ms: '${input.n}' }, retry: { attempts: 2, backoff: 'fixed', delayMs: 1 } },
      b: { module: 'barrier', with: { x: '${a.waitedMs + 1}' }, if: 'a.waitedMs > 0', cache: { ttlMs: 5 } },
      c: {
        module: 'wait',
        with: { ms: '${item}' },
        forEach: { items: [1, 2], maxParallel: 1 },
        needs: ['b'],
        join: 'all',
      },
      d: { program: { heddle: 1, name: 'inner', nodes: { e: { sleepMs: 1 } } }, fallback: { value: 1 } },
    },
    outputs: { x: '${b.x}' },
  },
  'Heddle short form': {
    modules: ['barrier', { id: 'w', module: 'wait', with: { ms: 1 } }],
    dependencies: { w: ['barrier'] },
  },
  DSPex: {
    program_id: 'p',
    modules: [
      { name: 'a', module_id: 'barrier', timeout: 60_000 },
      { name: 'b', module_id: 'wait' },
    ],
    dependencies: { b: ['a'] },
    strategy: 'parallel',
    error_handling: {
      failure_tolerance: { threshold: 1 },
      retry_strategy: 'immediate',
      max_retries: 1,
      circuit_breaker: true,
    },
    resource_limits: { max_concurrent_modules: 2 },
    performance_targets: { base_module_timeout: 60_000 },
  },
  WfFormat: {
    name: 'recorded',
    schemaVersion: '1.5',
    workflow: {
      specification: {
        tasks: [
          { id: 'a', name: 'first', parents: [], children: ['b'], inputFiles: [], outputFiles: ['f'] },
          { id: 'b', name: 'second', parents: ['a'], children: [], inputFiles: ['f'], outputFiles: [] },
        ],
        files: [{ id: 'f', sizeInBytes: 9 }],
      },
      execution: {
        makespanInSeconds: 3,
        executedAt: 'x',
        tasks: [
          { id: 'a', runtimeInSeconds: 1, machines: ['m'] },
          { id: 'b', runtimeInSeconds: 2 },
        ],
        machines: [{ nodeName: 'm' }],
      },
    },
  },
  'VoxLogicA workplan': { nodes: plan.nodes, goals: plan.goals },
  pipeline_ex: {
    workflow: {
      name: 'w',
      global_vars: { x: 1 },
      steps: [
        {
          name: 'ask',
          type: 'gemini',
          prompt: [{ type: 'static', content: 'hello {{global_vars.x}}' }],
          token_budget: { temperature: 0.1 },
        },
        { name: 'set', type: 'set_variable', variables: { y: '{{global_vars.x}}' }, condition: 'ask.success == true' },
        {
          name: 'batch',
          type: 'claude_batch',
          tasks: [{ task_id: 't', prompt: [{ type: 'static', content: 'p' }] }],
          batch_config: { max_parallel: 2 },
        },
        {
          name: 'robust',
          type: 'claude_robust',
          prompt: [{ type: 'previous_response', step: 'ask' }],
          retry_config: { max_retries: 1 },
        },
        {
          name: 'loop',
          type: 'for_loop',
          iterator: 'i',
          data_source: 'ask:list',
          steps: [{ name: 'in', type: 'test_echo', value: '{{i}}' }],
        },
        {
          name: 'data',
          type: 'data_transform',
          input_source: 'previous_response:ask:list',
          operations: [{ operation: 'filter', field: 'a', condition: 'a > 1' }],
        },
        {
          name: 'nested',
          type: 'pipeline',
          pipeline: { name: 'n', steps: [{ name: 'e', type: 'test_echo', value: 1 }] },
          outputs: ['e'],
        },
      ],
    },
  },
  'IntelliBrowse execution graph': {
    job: { job_id: 'j', timeout_ms: 60_000 },
    retry_policy: { strategy: 'linear_backoff', max_attempts: 2 },
    nodes: [
      {
        node_id: 'a',
        node_type: 'test_case',
        node_order: 0,
        action_type: 'barrier',
        action_parameters: { x: 1 },
        child_nodes: ['c'],
      },
      {
        node_id: 'c',
        node_type: 'condition',
        node_order: 1,
        action_type: 'none',
        condition_expression: 'a.x == y',
        condition_context: { y: 1 },
      },
      {
        node_id: 'b',
        node_type: 'cleanup',
        node_order: 2,
        action_type: 'wait',
        parent_nodes: ['c'],
        dependency_condition: 'any',
        max_parallel_instances: 2,
      },
    ],
  },
};
