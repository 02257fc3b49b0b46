import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { PublishedFact } from '../../../src/engine/command.ts';
import { HeddleError } from '../../../src/errors.ts';
import { type ExecutionUpdate, viewEvent } from '../../../src/host/view/execution-view.ts';
import type { Alert, AlertCondition } from '../../../src/host/watch/monitoring.ts';
import { DefaultMonitoringSystem } from '../../../src/host/watch/monitoring-system.ts';
import { defineModule } from '../../../src/ports/module.ts';
import { boom, of } from '../../observe/facts.ts';
import { testEngine } from '../../samples/run-sample.ts';

/** A stream of updates driven by hand. */
class Stream implements AsyncIterable<ExecutionUpdate> {
  returned = false;
  #id = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #ready: (ExecutionUpdate | Error | null)[] = [];

  /** One update of what is told now. */
  tell(percentage: number, ...facts: readonly Partial<PublishedFact>[]): Promise<void> {
    const events = facts.map((fact) => viewEvent({ id: ++this.#id, atMs: Date.now(), ...fact } as PublishedFact));
    return this.#push({ events, progress: { percentage } } as unknown as ExecutionUpdate);
  }

  end(thrown: Error | null = null): Promise<void> {
    return this.#push(thrown);
  }

  async #push(one: ExecutionUpdate | Error | null): Promise<void> {
    this.#ready.push(one);
    for (const wake of this.#waiting.splice(0)) wake();
    await vi.advanceTimersByTimeAsync(0);
  }

  [Symbol.asyncIterator](): AsyncIterator<ExecutionUpdate> {
    return {
      next: async () => {
        while (this.#ready.length === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
        const one = this.#ready.shift() ?? null;
        if (one instanceof Error) throw one;
        return one === null ? { done: true, value: undefined } : { done: false, value: one };
      },
      return: async () => {
        this.returned = true;
        return { done: true, value: undefined };
      },
    };
  }
}

describe('alerts, on a stream driven by hand', () => {
  let stream = new Stream();
  let raised: Alert[] = [];
  let monitoring = new DefaultMonitoringSystem({ monitor: () => stream, getResult: () => undefined });

  beforeEach(() => {
    vi.useFakeTimers({ now: 10_000 });
    stream = new Stream();
    raised = [];
    monitoring = new DefaultMonitoringSystem({ monitor: () => stream, getResult: () => undefined });
  });
  afterEach(() => {
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  const alertOn = (condition: AlertCondition) => monitoring.setAlert(condition, (alert) => raised.push(alert));
  const at = () => raised.map(({ triggered, value }) => [triggered.getTime() - 10_000, value]);

  test('a duration that passes while nothing happens', async () => {
    const id = alertOn({ metric: 'execution_duration', operator: 'gte', threshold: 5000 });
    monitoring.startMonitoring('ex');
    await stream.tell(0, { type: 'EXECUTION_STARTED' });
    await vi.advanceTimersByTimeAsync(4900);
    expect(raised).toEqual([]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(raised).toEqual([
      {
        id,
        executionId: 'ex',
        condition: { metric: 'execution_duration', operator: 'gte', threshold: 5000 },
        triggered: new Date(15_000),
        value: 5000,
        message: 'execution_duration of execution ex is 5000: execution_duration ≥ 5000',
      },
    ]);
    // An event that comes after the timer does not turn time back, and the alert not on again.
    await stream.tell(50, { type: 'TASK_STARTED', ...of('a') });
    expect(raised).toHaveLength(1);
    await stream.end();
  });

  test('a condition that has to hold falls due to the millisecond', async () => {
    alertOn({ metric: 'failed_tasks', operator: 'gt', threshold: 0, duration: 1234 });
    monitoring.startMonitoring('ex');
    await stream.tell(0, { type: 'EXECUTION_STARTED' });
    await vi.advanceTimersByTimeAsync(100);
    await stream.tell(50, { type: 'TASK_FAILED', ...of('a'), error: boom });
    await vi.advanceTimersByTimeAsync(1233);
    expect(raised).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(at()).toEqual([[1334, 1]]);
    await stream.end();
  });

  test('what one turn publishes is one moment: no dip between an end and the next start', async () => {
    alertOn({ metric: 'running_tasks', operator: 'eq', threshold: 0 });
    alertOn({ metric: 'running_tasks', operator: 'gte', threshold: 1, duration: 300 });
    monitoring.startMonitoring('ex');
    await stream.tell(0, { type: 'EXECUTION_STARTED' }, { type: 'TASK_STARTED', ...of('a') });
    await vi.advanceTimersByTimeAsync(200);
    await stream.tell(50, { type: 'TASK_COMPLETED', ...of('a') }, { type: 'TASK_STARTED', ...of('b') });
    await vi.advanceTimersByTimeAsync(200);
    expect(at()).toEqual([[300, 1]]);
    await stream.tell(100, { type: 'TASK_COMPLETED', ...of('b') });
    expect(at().slice(1)).toEqual([[400, 0]]);
    await stream.end();
  });

  test('updates merged for a lagging reader are evaluated in the time of their events', async () => {
    alertOn({ metric: 'running_tasks', operator: 'gte', threshold: 2, duration: 50 });
    monitoring.startMonitoring('ex');
    await stream.tell(
      100,
      { type: 'EXECUTION_STARTED', atMs: 1000 },
      { type: 'TASK_STARTED', ...of('a'), atMs: 1000 },
      { type: 'TASK_STARTED', ...of('b'), atMs: 1010 },
      { type: 'TASK_COMPLETED', ...of('a'), atMs: 1070 },
      { type: 'TASK_COMPLETED', ...of('b'), atMs: 1080 },
    );
    expect(raised.map(({ triggered, value }) => [triggered.getTime(), value])).toEqual([[1070, 2]]);
    await stream.end();
  });

  test('an alert set later is looked at soon, but not before its id is known', async () => {
    monitoring.startMonitoring('ex');
    await stream.tell(70, { type: 'EXECUTION_STARTED' });
    alertOn({ metric: 'progress', operator: 'gt', threshold: 60 });
    expect(raised).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(raised).toHaveLength(1);
    await stream.end();
  });

  test('a removed alert is silent, and leaves no timer', async () => {
    const id = alertOn({ metric: 'execution_duration', operator: 'gt', threshold: 100 });
    monitoring.startMonitoring('ex');
    await stream.tell(0, { type: 'EXECUTION_STARTED' });
    expect(vi.getTimerCount()).toBe(1);
    monitoring.removeAlert(id);
    monitoring.removeAlert('no such alert');
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(1000);
    expect(raised).toEqual([]);
  });

  test('an alert may remove itself, and others stay', async () => {
    const id = monitoring.setAlert({ metric: 'progress', operator: 'gte', threshold: 0 }, (alert) => {
      raised.push(alert);
      monitoring.removeAlert(id);
      monitoring.removeAlert(second);
    });
    const second = alertOn({ metric: 'progress', operator: 'gte', threshold: 0 });
    const third = alertOn({ metric: 'progress', operator: 'gte', threshold: 0 });
    monitoring.startMonitoring('ex');
    await stream.tell(0, { type: 'EXECUTION_STARTED' });
    expect(raised.map((alert) => alert.id)).toEqual([id, third]);
    await stream.end();
  });

  test('the end stops the timer, and so does a host that lets go', async () => {
    alertOn({ metric: 'execution_duration', operator: 'gt', threshold: 1000 });
    monitoring.startMonitoring('ex');
    await stream.tell(0, { type: 'EXECUTION_STARTED' });
    await stream.end(new HeddleError({ code: 'ABORTED', message: 'the engine was closed' }));
    expect(vi.getTimerCount()).toBe(0);
    const last = monitoring.getMetrics('ex').totalDuration;
    await vi.advanceTimersByTimeAsync(5000);
    expect(raised).toEqual([]);
    expect(monitoring.getMetrics('ex').totalDuration).toBe(last);
  });

  test('stopping gives the stream back and keeps what was gathered', async () => {
    alertOn({ metric: 'execution_duration', operator: 'gt', threshold: 1000 });
    monitoring.startMonitoring('ex');
    await stream.tell(0, { type: 'EXECUTION_STARTED' });
    await vi.advanceTimersByTimeAsync(300);
    monitoring.stopMonitoring('ex');
    expect(stream.returned).toBe(true);
    await stream.tell(10, { type: 'TASK_STARTED', ...of('a') });
    await vi.advanceTimersByTimeAsync(5000);
    expect(raised).toEqual([]);
    expect(monitoring.getTimeline('ex').map(({ type }) => type)).toEqual(['EXECUTION_STARTED']);
    expect(monitoring.getMetrics('ex').totalDuration).toBe(300);
    monitoring.forget('ex');
    expect(() => monitoring.getTimeline('ex')).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });

  test('nothing is evaluated before anything is known', async () => {
    alertOn({ metric: 'throughput', operator: 'lt', threshold: 1 });
    monitoring.startMonitoring('ex');
    await vi.advanceTimersByTimeAsync(5000);
    expect(raised).toEqual([]);
    monitoring.stopMonitoring('ex');
  });

  test('a metric there is not is refused by name', () => {
    const set = () => alertOn({ metric: 'cpu_usage', operator: 'gt', threshold: 90 });
    expect(set).toThrow(
      expect.objectContaining({
        code: 'BAD_INPUT',
        hint: expect.stringMatching(/errorRate.*execution_duration.*queue_length/),
      }),
    );
  });
});

describe('over a real engine', () => {
  const work = defineModule<{ ms: number; fails?: boolean }, number>({
    name: 'test.work',
    version: '1',
    run: async ({ ms, fails }, ctx) => {
      ctx.progress(0.5);
      await new Promise((resolve) => setTimeout(resolve, ms));
      if (fails && ctx.attempt < 3) throw new HeddleError({ code: 'BOOM', message: 'boom', retryable: true });
      return ms;
    },
  });
  const program = {
    heddle: 1,
    name: 'watched',
    nodes: {
      a: { module: 'test.work@1', with: { ms: 5, fails: true }, retry: { attempts: 3, delayMs: 1 } },
      b: { module: 'test.work@1', with: { ms: 80 } },
    },
  };

  test('tells what the result tells', async () => {
    const engine = await testEngine([work]);
    const monitoring = new DefaultMonitoringSystem(engine, { intervalMs: 5 });
    const raised: Alert[] = [];
    const metrics = ['retries', 'running_tasks', 'execution_duration', 'tasksExecuted'] as const;
    const thresholds = { retries: 2, running_tasks: 2, execution_duration: 30, tasksExecuted: 2 };
    for (const metric of metrics) {
      const condition = { metric, operator: 'gte', threshold: thresholds[metric] } as const;
      monitoring.setAlert(condition, (alert) => raised.push(alert));
    }
    const handle = await engine.start(program);
    monitoring.startMonitoring(handle.id);
    monitoring.startMonitoring(handle.id);
    expect(monitoring.getResourceUsage(handle.id)).toEqual([]);
    const result = await handle.result();
    await vi.waitFor(() => expect(monitoring.getTimeline(handle.id).at(-1)?.type).toBe('EXECUTION_COMPLETED'));

    expect(monitoring.getTimeline(handle.id)).toEqual(result.timeline);
    expect(monitoring.getMetrics(handle.id)).toEqual(result.metrics);
    const told = (metric: string) =>
      raised.flatMap(({ condition, value }) => (condition.metric === metric ? [value] : []));
    expect(told('retries')).toEqual([2]);
    expect(told('tasksExecuted')).toEqual([2]);
    // Once per attempt of `a` beside `b`, unless one begins in the very millisecond in which the one before ended.
    expect(new Set(told('running_tasks'))).toEqual(new Set([2]));
    expect(told('execution_duration')).toHaveLength(1);
    // While it ran, not at its end.
    expect(told('execution_duration')[0]).toBeLessThan(result.metrics.totalDuration);
    await engine.close();
  });

  test('what is not there is refused', async () => {
    const engine = await testEngine([work]);
    const monitoring = new DefaultMonitoringSystem(engine);
    expect(() => monitoring.startMonitoring('nobody')).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
    expect(() => monitoring.getMetrics('nobody')).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
    expect(() => monitoring.getResourceUsage('nobody')).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
    monitoring.stopMonitoring('nobody');
    await engine.close();
  });

  test('an engine that closes ends the following quietly', async () => {
    const engine = await testEngine([work]);
    const monitoring = new DefaultMonitoringSystem(engine, { intervalMs: 5 });
    const raised: Alert[] = [];
    const handle = await engine.start(program);
    monitoring.startMonitoring(handle.id);
    monitoring.setAlert({ metric: 'execution_duration', operator: 'gt', threshold: 60 }, (alert) => raised.push(alert));
    handle.result().catch(() => undefined);
    await engine.close();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(raised).toEqual([]);
  });
});
