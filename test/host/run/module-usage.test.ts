import { describe, expect, test } from 'vitest';
import { DefaultMonitoringSystem, defineModule, getCapabilities, supportsFeature } from '../../../src/index.ts';
import type { TracesData } from '../../../src/observe/otlp.ts';
import { createTestEngine, drive, FakeClock, quiet } from '../../../src/testing.ts';

/** Asks a model that fails as often as it is told; every try costs. */
function world() {
  const clock = new FakeClock();
  const ask = defineModule<{ fails?: number; ms?: number; first?: number }, string>({
    name: 'ask',
    version: '1',
    capabilities: ['streaming', 'tools'],
    run: async ({ fails = 0, ms = 0, first = 0 }, ctx) => {
      if (first > 0) await clock.sleep(first);
      ctx.usage({ calls: 1, inputTokens: 100, outputTokens: 10, costUsd: 0.25 });
      ctx.usage({ resources: { memory_mb: 300 } });
      ctx.usage({ resources: { memory_mb: 200 }, costUsd: null });
      ctx.metric('pages', 2);
      ctx.metric('pages', 1);
      if (ms > 0) await clock.sleep(ms);
      if (ctx.attempt <= fails) throw new Error('refused');
      return 'answer';
    },
  });
  return { ...createTestEngine({ modules: [ask], clock }), ask };
}
const spansOf = ({ resourceSpans }: TracesData) =>
  resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
const once = { calls: 1, inputTokens: 100, outputTokens: 10, costUsd: 0.25 };
const whole = { ...once, resources: { memory_mb: 300 }, metrics: { pages: 3 } };
const program = (node: object, name = 'p') => ({ heddle: 1, name, nodes: { ask: { module: 'ask', ...node } } });

describe('what a module tells of its usage', () => {
  test('is in events, result, metrics, history and trace, of failed attempts too: tokens, cost and metrics of its own', async () => {
    const { engine, clock } = world();
    const retried = program({ with: { fails: 1 }, retry: { attempts: 2, delayMs: 1 } });
    const result = await drive(clock, engine.execute(retried));
    expect(result.usage).toEqual({
      ...{ calls: 2, inputTokens: 200, outputTokens: 20, costUsd: 0.5 },
      ...{ resources: { memory_mb: 300 }, metrics: { pages: 6 } },
    });
    expect(result.metrics).toMatchObject({ inputTokens: 200, outputTokens: 20, costUsd: 0.5 });
    const told = result.timeline.filter(({ type }) => type === 'TASK_USAGE');
    expect(told.map(({ taskId, data }) => [taskId, data])).toEqual([
      ['ask', { attempt: 1, usage: whole }],
      ['ask', { attempt: 2, usage: whole }],
    ]);
    expect(told[0]?.description).toBe('ask used 100 tokens in, 10 tokens out, 0.25 USD, 300 memory_mb, 3 pages');
    expect((await engine.history('p'))[0]?.nodes.ask?.usage).toEqual(result.usage);
    expect((await engine.profile('p')).nodes.ask).toMatchObject({
      usageMean: { calls: 2, inputTokens: 200, costUsd: 0.5, metrics: { pages: 6 } },
      resourcePeaks: { memory_mb: 300 },
    });
    const [, first] = spansOf(await engine.trace(result.executionId));
    const attributes = Object.fromEntries(first?.attributes.map(({ key, value }) => [key, value]) ?? []);
    expect(attributes['gen_ai.usage.input_tokens']).toEqual({ intValue: '100' });
    expect(attributes['heddle.usage.cost_usd']).toEqual({ doubleValue: 0.25 });
  });

  test('is counted for Prometheus, once, also where a sub-program used it', async () => {
    const { engine, clock } = world();
    const outer = { heddle: 1, name: 'outer', nodes: { sub: { program: program({}, 'inner') } } };
    expect((await drive(clock, engine.execute(outer))).usage).toEqual(whole);
    const text = engine.metrics();
    for (const line of [
      'heddle_tokens_total{direction="in"} 100',
      'heddle_tokens_total{direction="out"} 10',
      'heddle_cost_usd_total 0.25',
      'heddle_module_metric{name="pages"} 3',
    ])
      expect(text.split('\n')).toContain(line);
  });

  test('is told while it runs, and counts when the attempt is given up', async () => {
    const { engine, clock } = world();
    const execution = await engine.start(program({ with: { first: 10, ms: 1000 }, timeoutMs: 100 }));
    const live: unknown[] = [];
    engine.subscribe(execution.id, ({ events }) => {
      live.push(...events.flatMap(({ id, type, data }) => (id === 'live' && type === 'TASK_USAGE' ? [data] : [])));
    });
    await clock.advance(2000);
    const { status, error, usage } = await execution.result();
    expect([status, error?.code, usage]).toEqual(['FAILED', 'TIMEOUT', whole]);
    await quiet();
    expect(live.at(-1)).toEqual({ attempt: 1, usage: whole });
  });

  test('can raise an alert', async () => {
    const { engine, clock } = world();
    const raised: string[] = [];
    const monitoring = new DefaultMonitoringSystem(engine, { clock });
    monitoring.setAlert({ metric: 'costUsd', operator: 'gt', threshold: 0.2 }, ({ message }) => raised.push(message));
    const execution = await engine.start(program({}));
    monitoring.startMonitoring(execution.id);
    await drive(clock, execution.result());
    await quiet();
    expect(raised).toHaveLength(1);
  });

  test.each([
    ['tokens below 0', { inputTokens: -1 }],
    ['a cost that is none', { costUsd: Number.NaN }],
    ['a resource without end', { resources: { memory_mb: Number.POSITIVE_INFINITY } }],
    ['a resource without a name', { resources: { '': 1 } }],
    ['more names than there may be', { resources: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [i, 1])) }],
  ])('is refused where it is nonsense: %s', async (_, usage) => {
    const bad = defineModule({ name: 'bad', version: '1', run: (_, ctx) => ctx.usage(usage as never) });
    const { engine } = createTestEngine({ modules: [bad] });
    const { error } = await engine.execute({ heddle: 1, name: 'p', nodes: { a: { module: 'bad' } } });
    expect(error?.code).toBe('BAD_INPUT');
  });
});

test('a module says what it can do', () => {
  const { ask } = world();
  expect(getCapabilities(ask)).toEqual(['streaming', 'tools']);
  expect([supportsFeature(ask, 'tools'), supportsFeature(ask, 'vision')]).toEqual([true, false]);
  expect(getCapabilities({})).toEqual([]);
});
