import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AlertCondition, AlertRule, checkCondition, describeCondition } from '../../src/observe/alerts.ts';

const above = (threshold: number, duration?: number): AlertCondition => ({
  metric: 'm',
  operator: 'gt',
  threshold,
  ...(duration !== undefined && { duration }),
});

/** At which samples the rule triggers. */
function triggers(condition: AlertCondition, samples: readonly (readonly [value: number, atMs: number])[]) {
  const rule = new AlertRule(condition);
  return samples.flatMap(([value, atMs], index) => (rule.take(value, atMs) ? [index] : []));
}

test.each([
  ['gt', [false, false, true]],
  ['gte', [false, true, true]],
  ['eq', [false, true, false]],
  ['lte', [true, true, false]],
  ['lt', [true, false, false]],
] as const)('%s compares', (operator, expected) => {
  const told = [1, 2, 3].map((value) => new AlertRule({ metric: 'm', operator, threshold: 2 }).take(value, 0));
  expect(told).toEqual(expected);
});

test('without a duration it triggers at once, and once', () => {
  expect(
    triggers(above(5), [
      [6, 0],
      [7, 1],
      [8, 2],
    ]),
  ).toEqual([0]);
});

test('a duration counts from the first sample at which the condition held', () => {
  expect(
    triggers(above(5, 100), [
      [1, 0],
      [6, 50],
      [6, 149],
      [6, 150],
      [6, 900],
    ]),
  ).toEqual([3]);
});

test('an interruption begins the count anew, and arms an alert that has triggered', () => {
  expect(
    triggers(above(5, 100), [
      [6, 0],
      [5, 99],
      [6, 100],
      [6, 199],
      [6, 200],
      [0, 201],
      [6, 300],
      [6, 400],
    ]),
  ).toEqual([4, 7]);
});

test('NaN interrupts', () => {
  expect(
    triggers(above(5), [
      [6, 0],
      [Number.NaN, 1],
      [6, 2],
    ]),
  ).toEqual([0, 2]);
});

test('says when it is due', () => {
  const rule = new AlertRule(above(5, 100));
  expect(rule.dueAtMs).toBeNull();
  rule.take(6, 50);
  expect(rule.dueAtMs).toBe(150);
  rule.take(6, 150);
  expect(rule.dueAtMs).toBeNull();
  rule.take(1, 160);
  rule.take(6, 170);
  expect(rule.dueAtMs).toBe(270);
});

/** The definition, read backwards from each sample over the run of samples at which the condition holds. */
function oracle(threshold: number, duration: number, samples: readonly (readonly [number, number])[]) {
  return samples.flatMap(([value, atMs], index) => {
    let first = index;
    while (first >= 0 && (samples[first]?.[0] ?? 0) > threshold) first--;
    const run = samples.slice(first + 1, index);
    const sinceMs = run[0]?.[1] ?? atMs;
    const due = value > threshold && atMs - sinceMs >= duration;
    return due && !run.some(([, earlier]) => earlier - sinceMs >= duration) ? [index] : [];
  });
}

test('triggers exactly where the definition says, over any samples', () => {
  const sample = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 40 }));
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 60 }), fc.integer({ min: 0, max: 100 }), (steps, duration) => {
      let nowMs = 0;
      const samples = steps.map(([value, afterMs]) => {
        nowMs += afterMs;
        return [value, nowMs] as const;
      });
      expect(triggers(above(1, duration), samples)).toEqual(oracle(1, duration, samples));
    }),
  );
});

test('a clock that runs backwards triggers nothing early and keeps what was due', () => {
  const rule = new AlertRule(above(0, 100));
  expect(rule.take(1, 1000)).toBe(false);
  expect(rule.take(1, 10)).toBe(false);
  expect(rule.dueAtMs).toBe(1100);
  expect(rule.take(1, 1100)).toBe(true);
});

describe('a condition is checked', () => {
  test('a good one comes back', () => {
    expect(checkCondition(above(1, 5), ['m', 'n'])).toEqual(above(1, 5));
    expect(describeCondition(above(1, 5))).toBe('m > 1 for 5 ms');
    expect(describeCondition({ metric: 'm', operator: 'lte', threshold: 0.5 })).toBe('m ≤ 0.5');
  });

  test.each([
    [{ ...above(1), metric: 'cpu_usage' }, 'metric', /m, n/],
    [{ ...above(1), operator: 'ne' }, 'operator', /gt, lt, eq, gte, lte/],
    [{ ...above(1), operator: 'toString' }, 'operator', /gt/],
    [above(Number.NaN), 'threshold', /^$/],
    [{ ...above(1), threshold: '1' }, 'threshold', /^$/],
    [above(1, -1), 'duration', /^$/],
    [above(1, Number.POSITIVE_INFINITY), 'duration', /^$/],
  ])('%j is refused', (condition, path, hint) => {
    const check = () => checkCondition(condition as AlertCondition, ['m', 'n']);
    expect(check).toThrow(expect.objectContaining({ code: 'BAD_INPUT', path }));
    try {
      check();
    } catch (thrown) {
      expect((thrown as { hint?: string }).hint ?? '').toMatch(hint);
    }
  });
});
