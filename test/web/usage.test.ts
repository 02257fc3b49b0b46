import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Usage, usedAt } from '../../web/model/usage.ts';
import { tellUsage } from '../../web/timeline/usage-rows.ts';

describe('what is in use over time', () => {
  test('is at every moment the sum of what was taken and not given back', () => {
    const act = fc.record({
      task: fc.nat(5),
      amount: fc.integer({ min: 0, max: 4 }),
      takes: fc.boolean(),
      ms: fc.nat(3),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
        const usage = new Usage();
        const held = new Map<number, number>();
        const after = new Map<number, number>();
        let atMs = 0;
        for (const { task, amount, takes, ms } of acts) {
          atMs += ms;
          if (takes) usage.take(`t${task}`, { cores: amount }, atMs);
          else usage.give(`t${task}`, atMs);
          if (takes) held.set(task, amount);
          else held.delete(task);
          after.set(
            atMs,
            [...held.values()].reduce((sum, each) => sum + each, 0),
          );
        }
        const steps = usage.steps.get('cores') ?? [];
        for (const [ms, used] of after) expect(usedAt(steps, ms)).toBe(used);
        expect(steps.map(({ atMs: ms }) => ms)).toEqual(
          [...new Set(steps.map(({ atMs: ms }) => ms))].sort((a, b) => a - b),
        );
        usage.giveAll(atMs + 1);
        expect(usedAt(usage.steps.get('cores') ?? [], atMs + 1)).toBe(0);
      }),
    );
  });

  test('is told with what there is of it, and that it is full', () => {
    const row = {
      type: 'cores',
      steps: [
        { atMs: 0, used: 1 },
        { atMs: 10, used: 2 },
      ],
      capacity: 2,
      peak: 2,
      full: 2,
    };
    expect(tellUsage(row, 5)).toBe('cores: 1 of 2 in use at 5 ms');
    expect(tellUsage(row, 12)).toBe('cores: 2 of 2 in use at 12 ms · ▽ full');
    expect(tellUsage({ ...row, capacity: undefined }, 12)).toBe('cores: 2 in use at 12 ms');
  });
});
