import { describe, expect, test } from 'vitest';
import { labelValuesMax } from '../../../src/host/watch/engine-families.ts';
import { DefaultMonitoringSystem, defineModule, type LogLine, logFrom } from '../../../src/index.ts';
import type { Span } from '../../../src/observe/otlp.ts';
import { createTestEngine, FakeClock, memoryStores, quiet, type TestEngineOptions } from '../../../src/testing.ts';

const caller = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

function world(options: Partial<TestEngineOptions> = {}) {
  const clock = new FakeClock();
  const lines: LogLine[] = [];
  const handed: string[] = [];
  const work = defineModule<{ ms?: number; fails?: number }, unknown>({
    name: 'work',
    version: '1',
    run: async ({ ms = 0, fails = 0 }, { attempt, traceparent }) => {
      handed.push(traceparent);
      if (ms > 0) await clock.sleep(ms);
      if (attempt <= fails) throw Object.assign(new Error('refused'), { code: 'REFUSED' });
      return attempt;
    },
  });
  const log = (line: LogLine) => lines.push(line);
  return { ...createTestEngine({ modules: [work], clock, log, ...options }), lines, handed };
}

function spansOf(traces: { resourceSpans: readonly { scopeSpans: readonly { spans: readonly Span[] }[] }[] }) {
  return traces.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}

function attributesOf({ attributes }: Span): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

/** The value of a line of Prometheus text. */
function sampleOf(text: string, sample: string): number {
  const line = text.split('\n').find((each) => each.startsWith(`${sample} `));
  if (line === undefined) throw new Error(`there is no ${sample} in\n${text}`);
  return Number(line.slice(sample.length + 1));
}

const retried = {
  heddle: 1,
  name: 'retried',
  strategy: 'parallel',
  nodes: { a: { module: 'work', with: { fails: 1, ms: 10 }, retry: { attempts: 2, delayMs: 5, jitter: 'none' } } },
};

describe('the trace of an execution', () => {
  test('has a span around it, with program, strategy and status, and one around each attempt, going on from the caller', async () => {
    const { engine, clock, handed } = world();
    const execution = await engine.start(retried, {}, { traceparent: caller, executionId: 'ex' });
    await clock.advance(1000);
    await execution.result();
    const [root, first, second, ...more] = spansOf(await engine.trace('ex'));
    if (root === undefined || first === undefined || second === undefined) throw new Error('spans are missing');
    expect(more).toEqual([]);
    expect([root.traceId, root.parentSpanId]).toEqual(caller.split('-').slice(1, 3));
    expect(attributesOf(root)).toMatchObject({
      'heddle.execution.id': 'ex',
      'heddle.program.name': 'retried',
      'heddle.execution.strategy': 'parallel',
      'heddle.execution.status': 'COMPLETED',
    });
    expect([first, second].map((span) => [span.name, span.status.code, span.parentSpanId])).toEqual([
      ['a', 2, root.spanId],
      ['a', 1, root.spanId],
    ]);
    // What the module was handed is the span it ran in: what it calls joins this trace.
    expect(handed).toEqual([first, second].map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`));
    expect(BigInt(second.startTimeUnixNano) - BigInt(first.startTimeUnixNano)).toBe(15_000_000n);
  });

  test('of one under way reaches until now; a strategy that was asked for is told; looking takes nothing over', async () => {
    const { engine, clock, stores } = world();
    const other = createTestEngine({
      modules: [defineModule({ name: 'work', version: '1', run: () => null })],
      stores,
      clock,
    });
    await engine.start(retried, {}, { executionId: 'ex', strategy: 'sequential' });
    await clock.advance(4);
    for (const looking of [engine, other.engine]) {
      const [root, attempt] = spansOf(await looking.trace('ex'));
      if (root === undefined || attempt === undefined) throw new Error('spans are missing');
      expect(attributesOf(root)['heddle.execution.strategy']).toBe('sequential');
      expect(attributesOf(attempt)['heddle.attempt.outcome']).toBe('running');
      expect(Number(BigInt(root.endTimeUnixNano) - BigInt(root.startTimeUnixNano))).toBe(4_000_000);
    }
    await clock.advance(1000);
    expect(engine.getStatus('ex')).toBe('COMPLETED');
    await expect(engine.trace('nobody')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('of a sub-program goes on from the attempt that ran it', async () => {
    const { engine } = world();
    const inner = { heddle: 1, name: 'inner', nodes: { a: { module: 'work' } } };
    const outer = { heddle: 1, name: 'outer', nodes: { sub: { program: inner } } };
    const { executionId } = await engine.execute(outer, {}, { traceparent: caller });
    const child = (await engine.list({ programName: 'inner' }))[0]?.executionId ?? '';
    const [, attempt] = spansOf(await engine.trace(executionId));
    const [root, leaf] = spansOf(await engine.trace(child));
    expect(root?.parentSpanId).toBe(attempt?.spanId);
    expect(new Set([root, leaf, attempt].map((span) => span?.traceId))).toEqual(new Set([caller.split('-')[1]]));
  });
});

describe('the metrics of an engine', () => {
  test('tell what it did and does: executions, attempts, cache, bulkheads, resources, breakers', async () => {
    const { engine, clock } = world({ resources: { cpu_cores: 4 }, slots: 8 });
    const held = { module: 'work', with: { ms: 100 }, bulkhead: { key: 'api', limit: 1 }, resources: { cpu_cores: 3 } };
    await engine.start({ heddle: 1, name: 'held', nodes: { a: held, b: held } });
    const cached = { heddle: 1, name: 'c', nodes: { a: { module: 'work', cache: { ttlMs: 1000 } } } };
    await engine.execute(cached);
    await engine.execute(cached);
    const breaker = { failures: 1, openMs: 1000, halfOpenMax: 1 };
    await engine.execute({ heddle: 1, name: 'f', nodes: { a: { module: 'work', with: { fails: 1 }, breaker } } });
    await engine.start({ heddle: 1, name: 'w', nodes: { a: { waitFor: { event: 'go' } } } }, {}, { executionId: 'w' });
    await engine.pause('w');
    await quiet();
    const now = engine.metrics();
    expect(
      Object.fromEntries(
        [
          'heddle_executions{status="running"}',
          'heddle_executions{status="paused"}',
          'heddle_attempts_running',
          'heddle_slots',
          'heddle_cache_calls_total{result="hit"}',
          'heddle_cache_calls_total{result="miss"}',
          'heddle_cache_hit_ratio',
          'heddle_bulkhead_inside{key="api"}',
          'heddle_bulkhead_waiting{key="api"}',
          'heddle_resource_capacity{type="cpu_cores"}',
          'heddle_resource_used{type="cpu_cores"}',
          'heddle_breakers_opened_total',
        ].map((sample) => [sample.replace(/^heddle_/, ''), sampleOf(now, sample)]),
      ),
    ).toEqual({
      'executions{status="running"}': 1,
      'executions{status="paused"}': 1,
      attempts_running: 1,
      slots: 8,
      'cache_calls_total{result="hit"}': 1,
      'cache_calls_total{result="miss"}': 1,
      cache_hit_ratio: 0.5,
      'bulkhead_inside{key="api"}': 1,
      'bulkhead_waiting{key="api"}': 1,
      'resource_capacity{type="cpu_cores"}': 4,
      'resource_used{type="cpu_cores"}': 3,
      breakers_opened_total: 1,
    });
    await clock.advance(1000);
    const then = engine.metrics();
    expect(sampleOf(then, 'heddle_attempts_running')).toBe(0);
    expect(sampleOf(then, 'heddle_resource_used{type="cpu_cores"}')).toBe(0);
  });

  test('keys that programs make up do not make samples without end', async () => {
    const { engine, clock } = world({ slots: 1000 });
    const count = labelValuesMax + 20;
    const nodes = Object.fromEntries(
      Array.from({ length: count }, (_, n) => [
        `n${n}`,
        { module: 'work', with: { ms: 10 }, bulkhead: { key: `key ${n}`, limit: 1 } },
      ]),
    );
    await engine.start({ heddle: 1, name: 'many', strategy: 'parallel', nodes });
    await quiet();
    const samples = engine.metrics().match(/^heddle_bulkhead_inside\{.*$/gm) ?? [];
    expect(samples).toHaveLength(labelValuesMax + 1);
    expect(sampleOf(engine.metrics(), 'heddle_bulkhead_inside{key="other"}')).toBe(20);
    await clock.advance(100);
  });
});

describe('the log of an engine', () => {
  test('has a line for each start, end, recovery, halt, breaker that opens and alert', async () => {
    const stores = memoryStores();
    const first = world({ stores });
    const monitoring = new DefaultMonitoringSystem(first.engine, { clock: first.clock });
    monitoring.setAlert({ metric: 'failed_tasks', operator: 'gte', threshold: 1 }, () => undefined);
    const breaker = { failures: 1, openMs: 1000, halfOpenMax: 1, key: 'api' };
    const failing = { heddle: 1, name: 'f', nodes: { a: { module: 'work', with: { fails: 1 }, breaker } } };
    const execution = await first.engine.start(failing, {}, { executionId: 'f' });
    monitoring.startMonitoring('f');
    await execution.result();
    await quiet();
    await first.engine.start(retried, {}, { executionId: 'r' });
    await first.engine.close();
    const second = world({ stores, clock: first.clock });
    const [resumed] = await second.engine.recover();
    await resumed?.cancel('enough');
    expect(
      [...first.lines, ...second.lines].map(({ level, message, executionId }) => [level, message, executionId]),
    ).toEqual([
      ['INFO', 'start', 'f'],
      ['ERROR', 'end', 'f'],
      ['WARNING', 'breaker opened', undefined],
      ['WARNING', 'alert', 'f'],
      ['INFO', 'start', 'r'],
      ['INFO', 'halt', 'r'],
      ['WARNING', 'recovery', 'r'],
      ['WARNING', 'end', 'r'],
    ]);
    expect(first.lines[1]).toEqual({
      level: 'ERROR',
      message: 'end',
      executionId: 'f',
      atMs: 1_000_000,
      fields: expect.objectContaining({ program: 'f', status: 'FAILED', durationMs: 0 }),
    });
    for (const line of first.lines) expect(JSON.parse(JSON.stringify(line))).toEqual(line);
  });

  test('from DEBUG on it has a line for each step of each task; a sink says from where on it is told', async () => {
    const lines: LogLine[] = [];
    const { engine, clock } = world({ log: logFrom('DEBUG', (line) => lines.push(line)) });
    const execution = await engine.start(retried, {}, { executionId: 'ex' });
    await clock.advance(1000);
    await execution.result();
    expect(lines.map(({ level, message, taskId, fields }) => [level, message, taskId, fields.attempt])).toEqual([
      ['INFO', 'start', undefined, undefined],
      ['DEBUG', 'task ready', 'a', undefined],
      ['DEBUG', 'task started', 'a', 1],
      ['DEBUG', 'task retried', 'a', 1],
      ['DEBUG', 'task started', 'a', 2],
      ['DEBUG', 'task completed', 'a', 2],
      ['INFO', 'end', undefined, undefined],
    ]);
    expect(lines[3]?.fields).toEqual({ program: 'retried', attempt: 1, code: 'REFUSED', error: 'refused' });
    const errors: LogLine[] = [];
    const strict = world({ log: logFrom('ERROR', (line) => errors.push(line)) });
    await strict.engine.execute({ heddle: 1, name: 'f', nodes: { a: { module: 'work', with: { fails: 1 } } } });
    expect(errors.map(({ level, message }) => [level, message])).toEqual([['ERROR', 'end']]);
  });

  test('a sink that throws stops nothing', async () => {
    const thrown: unknown[] = [];
    const listeners = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', (error) => thrown.push(error));
    try {
      const { engine } = world({
        log: () => {
          throw new Error('the disk is full');
        },
      });
      const { status } = await engine.execute({ heddle: 1, name: 'p', nodes: { a: { module: 'work' } } });
      await quiet();
      expect(status).toBe('COMPLETED');
      // Its owner hears of it.
      expect(thrown.map(String)).toEqual(['Error: the disk is full', 'Error: the disk is full']);
    } finally {
      process.removeAllListeners('uncaughtException');
      for (const listener of listeners) process.on('uncaughtException', listener);
    }
  });
});
