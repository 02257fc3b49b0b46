import { expect, test } from 'vitest';
import { withSettings } from '../../../src/history/optimise/change.ts';
import type { Program } from '../../../src/program/program.ts';

const program: Program = {
  heddle: 1,
  name: 'case',
  nodes: { b: { module: 'm' }, 'a.c': { module: 'm', timeoutMs: 5 } },
};

test('settings come and go, the rest and its order stay', () => {
  const changed = withSettings(program, [
    ['nodes.a.c.timeoutMs', null],
    ['nodes.b.runOn', 'worker'],
    ['limits', { concurrency: 3 }],
  ]);
  expect(JSON.stringify(changed)).toBe(
    JSON.stringify({
      ...program,
      nodes: { b: { module: 'm', runOn: 'worker' }, 'a.c': { module: 'm' } },
      limits: { concurrency: 3 },
    }),
  );
  expect(withSettings(changed, [['limits', null]])).not.toHaveProperty('limits');
  expect(withSettings(changed, [['limits.concurrency', null]]).limits).toEqual({});
});

test('a place that is not there', () => {
  expect(() => withSettings(program, [['nodes.a.timeoutMs', 1]])).toThrow(
    expect.objectContaining({ code: 'UNKNOWN_NODE' }),
  );
});
