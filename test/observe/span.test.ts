import { describe, expect, test } from 'vitest';
import type { PublishedFact } from '../../src/engine/command.ts';
import type { Span } from '../../src/observe/otlp.ts';
import { type TraceOptions, traceOf } from '../../src/observe/span.ts';
import { attemptTraceparent } from '../../src/observe/span-ids.ts';
import { Machine } from '../engine/machine.ts';
import { boom, factsOf, of } from './facts.ts';

const caller = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

function spansOf(facts: readonly PublishedFact[], options: Partial<TraceOptions> = {}): readonly Span[] {
  return traceOf(facts, { executionId: 'ex', ...options }).resourceSpans[0]?.scopeSpans[0]?.spans ?? [];
}

function attribute(span: Span | undefined, key: string): unknown {
  return Object.values(span?.attributes.find((one) => one.key === key)?.value ?? {})[0];
}

/** One retried task and one forEach, run by the machine. */
function ran(): Machine {
  const machine = new Machine({
    a: { retry: { attempts: 2 } },
    each: { needs: ['a'], forEach: { items: '${input.list}' } },
  });
  machine.atMs += 10;
  machine.fail('a', { retryable: true });
  machine.wake(5000);
  machine.succeed('a');
  machine.feed({ type: 'ItemsResolved', node: 'each', outcome: { count: 2 } });
  machine.succeed('each[0]', 'each[1]');
  machine.feed({ type: 'ExecutionFinished', status: 'COMPLETED', result: { value: null } });
  return machine;
}

describe('the trace of an execution', () => {
  const spans = spansOf(ran().facts, { programName: 'rag' });
  const [root, ...children] = spans;

  test('is a root and one child per attempt', () => {
    expect(root?.name).toBe('rag');
    expect(root).not.toHaveProperty('parentSpanId');
    expect(children.map(({ name }) => name)).toEqual(['a', 'a', 'each', 'each']);
    expect(children.map((span) => attribute(span, 'heddle.task.id'))).toEqual(['a', 'a', 'each[0]', 'each[1]']);
    expect(children.map((span) => attribute(span, 'heddle.task.attempt'))).toEqual(['1', '2', '1', '1']);
  });

  test('has valid ids: one trace, spans all different, children under the root', () => {
    for (const span of spans) {
      expect(span.traceId).toMatch(/^[0-9a-f]{32}$/);
      expect(span.spanId).toMatch(/^[0-9a-f]{16}$/);
      expect(span.kind).toBe(1);
    }
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
    expect(children.every(({ parentSpanId }) => parentSpanId === root?.spanId)).toBe(true);
  });

  test('has times in nanoseconds, as strings', () => {
    expect(root?.startTimeUnixNano).toBe('1000000000');
    expect(root?.endTimeUnixNano).toBe('6010000000');
    expect(children[0]).toMatchObject({ startTimeUnixNano: '1000000000', endTimeUnixNano: '1010000000' });
    expect(children[1]).toMatchObject({ startTimeUnixNano: '6010000000', endTimeUnixNano: '6010000000' });
  });

  test('tells what succeeded and what failed', () => {
    expect(root?.status).toEqual({ code: 1 });
    expect(children.map(({ status }) => status.code)).toEqual([2, 1, 1, 1]);
    expect(children[0]?.status).toEqual({ code: 2, message: 'BOOM: boom' });
    expect(attribute(children[0], 'error.type')).toBe('BOOM');
  });

  test('keeps the rest as events of the root', () => {
    expect(root?.events.map(({ name }) => name)).toEqual(['TASK_STARTED', 'TASK_COMPLETED']);
    expect(root?.events[0]?.timeUnixNano).toBe('6010000000');
  });

  test('is plain JSON, and the same every time', () => {
    const again = traceOf(ran().facts, { executionId: 'ex', programName: 'rag' });
    expect(JSON.parse(JSON.stringify(again)).resourceSpans[0].scopeSpans[0].spans).toEqual(spans);
    expect(spansOf(ran().facts, { executionId: 'other' })[0]?.traceId).not.toBe(root?.traceId);
  });
});

test('continues the trace of a caller', () => {
  const [root, child] = spansOf(ran().facts, { traceparent: caller });
  expect(root).toMatchObject({ traceId: caller.slice(3, 35), parentSpanId: '00f067aa0ba902b7' });
  expect(child).toMatchObject({ traceId: caller.slice(3, 35), parentSpanId: root?.spanId });
});

test('a caller that makes no sense is passed over', () => {
  const plain = spansOf(ran().facts);
  expect(spansOf(ran().facts, { traceparent: 'nonsense' })).toEqual(plain);
});

test('what a module hands on names its own span', () => {
  const child = spansOf(ran().facts)[2];
  expect(attemptTraceparent({ executionId: 'ex' }, { taskId: 'a', attempt: 2 })).toEqual({
    traceId: child?.traceId,
    parentId: child?.spanId,
    sampled: true,
  });
  const continued = attemptTraceparent(
    { executionId: 'ex', traceparent: caller.replace(/01$/, '00') },
    { taskId: 'a', attempt: 2 },
  );
  expect(continued).toEqual({ traceId: caller.slice(3, 35), parentId: child?.spanId, sampled: false });
});

test('a timeout is an event of its attempt, a late result one of the root', () => {
  const facts = factsOf(
    ['EXECUTION_STARTED', 0],
    ['TASK_STARTED', 1, of('a')],
    ['TASK_TIMED_OUT', 2, { ...of('a'), error: boom }],
    ['TASK_FAILED', 2, { ...of('a'), error: boom }],
    ['LATE_RESULT', 3, of('a')],
    ['EXECUTION_FAILED', 4, { error: boom }],
  );
  const [root, child] = spansOf(facts);
  expect(child?.events.map(({ name }) => name)).toEqual(['TASK_TIMED_OUT']);
  expect(root?.events.map(({ name }) => name)).toEqual(['LATE_RESULT']);
  expect(root?.status).toEqual({ code: 2, message: 'BOOM: it burst' });
});

describe('while it runs', () => {
  const facts = factsOf(
    ['EXECUTION_STARTED', 0],
    ['TASK_STARTED', 1, of('a')],
    ['TASK_STARTED', 1, of('b')],
    ['TASK_COMPLETED', 2, of('b')],
  );

  test('only what has ended is written', () => {
    expect(spansOf(facts).map(({ name }) => name)).toEqual(['b']);
  });

  test('unless it is asked for as of now', () => {
    const spans = spansOf(facts, { nowMs: 7 });
    expect(spans.map(({ name, endTimeUnixNano }) => `${name} ${endTimeUnixNano}`)).toEqual([
      'execution 7000000',
      'b 2000000',
      'a 7000000',
    ]);
    expect(attribute(spans[0], 'heddle.execution.status')).toBe('RUNNING');
    expect(attribute(spans[2], 'heddle.attempt.outcome')).toBe('running');
    expect(spans[2]?.status).toEqual({ code: 0 });
  });
});

test('set back to a checkpoint after its end, attempts of the same number have spans of their own', () => {
  const facts = factsOf(
    ['EXECUTION_STARTED', 0],
    ['TASK_STARTED', 1, of('a')],
    ['TASK_COMPLETED', 2, of('a')],
    ['EXECUTION_COMPLETED', 3],
    ['RECOVERY_INITIATED', 10, { checkpointId: 'cp' }],
    ['TASK_STARTED', 11, of('a')],
    ['TASK_COMPLETED', 12, of('a')],
  );
  expect(spansOf(facts)).toHaveLength(2);
  const spans = spansOf([...facts, ...factsOf(['EXECUTION_COMPLETED', 13])]);
  expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(3);
  expect(spans[0]?.endTimeUnixNano).toBe('13000000');
});
