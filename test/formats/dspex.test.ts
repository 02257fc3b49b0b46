import { describe, expect, test } from 'vitest';
import type { ErrorData, HeddleError } from '../../src/errors.ts';
import { readFormat } from '../../src/formats/index.ts';
import { createEngine, defineModule } from '../../src/index.ts';

const read = (document: object) => readFormat(JSON.stringify(document), 'config');
function errorsOf(document: object): readonly ErrorData[] {
  try {
    read(document);
  } catch (thrown) {
    return (thrown as HeddleError).errors ?? [];
  }
  throw new Error('was read without an error');
}

const rag = {
  program_id: 'rag',
  modules: [
    { name: 'retriever', module_id: 'search', timeout: 5000, resource_requirements: { memory_mb: 100, cpu_cores: 1 } },
    { name: 'generator', module_id: 'generate' },
  ],
  dependencies: { retriever: [], generator: ['retriever'] },
  strategy: 'resource_aware',
  error_handling: {
    failure_tolerance: { threshold: 1 },
    retry_strategy: 'linear_backoff',
    max_retries: 2,
    circuit_breaker: false,
  },
  resource_limits: { max_concurrent_modules: 4, max_memory_per_module: 200 * 2 ** 20, max_execution_time: 9000 },
  performance_targets: { base_module_timeout: 700, target_success_rate: 0.9 },
};

test('a configuration is a program', () => {
  const { format, program, warnings } = read(rag);
  expect(format).toBe('DSPex');
  expect(program).toEqual({
    heddle: 1,
    name: 'rag',
    strategy: 'resource_aware',
    tolerance: { threshold: 1 },
    limits: { concurrency: 4, timeoutMs: 9000 },
    nodes: {
      retriever: {
        module: 'search',
        timeoutMs: 5000,
        resources: { memory_mb: 100, cpu_cores: 1 },
        retry: { attempts: 3, backoff: 'linear' },
      },
      generator: {
        module: 'generate',
        timeoutMs: 700,
        retry: { attempts: 3, backoff: 'linear' },
        needs: ['retriever'],
      },
    },
  });
  expect(warnings.map(({ path }) => path)).toEqual(['performance_targets.target_success_rate']);
});

test('what is left open is what DSPex fills in', () => {
  const { program } = read({ modules: [{ name: 'a', module_id: 'm' }, 'b'], error_handling: {} });
  expect(program).toMatchObject({
    name: 'config',
    strategy: 'optimized',
    tolerance: 'strict',
    limits: { concurrency: 10, timeoutMs: 300_000 },
    nodes: {
      a: { timeoutMs: 30_000, retry: { attempts: 4, backoff: 'exponential' }, breaker: {} },
      b: { module: 'b' },
    },
  });
});

test('modules and dependencies alone are the short form', () => {
  expect(read({ modules: ['a', 'b'], dependencies: { b: ['a'] } }).format).toBe('Heddle short form');
});

test.each([
  ['tolerant', 'tolerant'],
  [['threshold', 2], { threshold: 2 }],
])('failure_tolerance %j', (failure_tolerance, tolerance) => {
  expect(read({ modules: ['a'], error_handling: { failure_tolerance } }).program.tolerance).toEqual(tolerance);
});

test('runs: a module gets the inputs merged with what it depends on, and a failure is tried again', async () => {
  const failures = { left: 2 };
  const engine = await createEngine({
    modules: [
      defineModule({
        name: 'search',
        version: '1',
        run: ({ question }: { question: string }) => ({ context: `on ${question}` }),
      }),
      defineModule({
        name: 'generate',
        version: '1',
        run: ({ question, context }: { question: string; context: string }) => {
          if (failures.left-- > 0) throw new Error('overloaded');
          return { answer: `${question}? ${context}` };
        },
      }),
    ],
    resources: { capacity: { memory_mb: 100, cpu_cores: 1 } },
  });
  const { result, error } = await engine.execute(read(rag).program, { question: 'whales' });
  await engine.close();
  expect([error, result]).toEqual([undefined, { generator: { answer: 'whales? on whales' } }]);
});

describe('errors', () => {
  test('come all at once, with their places', () => {
    const errors = errorsOf({
      modules: [{ name: 'a', resource_requirements: { memory_mb: 9 } }, { name: 'a' }, 7, { module_id: 'x' }],
      dependencies: { a: ['ghost'], spectre: [] },
      strategy: 'fast',
      error_handling: { failure_tolerance: 'lenient', max_retries: -1 },
      resource_limits: { max_memory_per_module: 2 ** 20 },
    });
    expect(errors.map(({ code, path }) => [code, path])).toEqual([
      ['BAD_SCHEMA', 'error_handling.max_retries'],
      ['BAD_SCHEMA', 'modules[0].resource_requirements.memory_mb'],
      ['DUPLICATE_ID', 'modules[1].name'],
      ['BAD_SCHEMA', 'modules[2]'],
      ['BAD_SCHEMA', 'modules[3].name'],
      ['UNKNOWN_NODE', 'dependencies.a[0]'],
      ['UNKNOWN_NODE', 'dependencies.spectre'],
      ['BAD_SCHEMA', 'error_handling.failure_tolerance'],
      ['BAD_SCHEMA', 'strategy'],
    ]);
  });

  test('no modules', () => {
    expect(errorsOf({ modules: [], error_handling: {} })).toMatchObject([{ path: 'modules' }]);
  });
});
