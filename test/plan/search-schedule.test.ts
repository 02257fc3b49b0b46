import fc from 'fast-check';
import { expect, test } from 'vitest';
import { listSchedule } from '../../src/history/list-schedule.ts';
import { createJsKernel } from '../../src/kernel/js-kernel.ts';
import { ListSimulator } from '../../src/plan/list-simulator.ts';
import { createPlan, type Plan } from '../../src/plan/plan.ts';
import { rankNodes } from '../../src/plan/ranking.ts';
import { searchSchedule } from '../../src/plan/search-schedule.ts';

interface Case {
  readonly needs: readonly (readonly number[])[];
  readonly durations: readonly number[];
  readonly priorities?: readonly number[];
  readonly slots: number;
}

function planOf({ needs, durations, priorities }: Case): Plan {
  const nodes = needs.map((of, index) => {
    const node = { module: 'm', needs: of.map((each) => `n${each}`) };
    const priority = priorities?.[index];
    return [`n${index}`, priority === undefined ? node : { ...node, priority }] as const;
  });
  const program = { heddle: 1 as const, name: 'case', nodes: Object.fromEntries(nodes) };
  return createPlan(program, createJsKernel(), Float64Array.from(durations));
}

const cases: fc.Arbitrary<Case> = fc.integer({ min: 1, max: 30 }).chain((count) =>
  fc.record({
    needs: fc.tuple(
      ...Array.from({ length: count }, (_, index) =>
        index === 0 ? fc.constant([]) : fc.uniqueArray(fc.nat(index - 1), { maxLength: 3 }),
      ),
    ),
    durations: fc.array(fc.oneof(fc.nat(20), fc.double({ min: 0, max: 20, noNaN: true })), {
      minLength: count,
      maxLength: count,
    }),
    slots: fc.integer({ min: 1, max: 6 }),
  }),
);

test('the simulator says what the list scheduler of history says', () => {
  fc.assert(
    fc.property(cases, fc.constantFrom('parallel', 'optimized', 'pipeline'), (given, name) => {
      const plan = planOf(given);
      const strategy = name as 'parallel';
      const jobs = given.durations.map((taskMs) => ({ tasks: 1, taskMs }));
      const simulator = new ListSimulator(plan, plan.durations, given.slots);
      const { rankOf, nodeAt } = rankNodes(plan, strategy);
      const expected = listSchedule(plan, jobs, strategy, given.slots).makespanMs;
      expect(simulator.makespan(rankOf, nodeAt)).toBe(expected);
      // It keeps nothing of the question before.
      expect(simulator.makespan(rankOf, nodeAt)).toBe(expected);
    }),
  );
});

test('between the bound and the plain rule, a real order, never worse with more trials, and the same every time', () => {
  fc.assert(
    fc.property(cases, fc.integer({ min: 1, max: 40 }), fc.nat(), (given, trials, seed) => {
      const plan = planOf(given);
      const { slots } = given;
      const found = searchSchedule(plan, { slots, trials, seed });
      const jobs = given.durations.map((taskMs) => ({ tasks: 1, taskMs }));
      expect(found.plainMakespan).toBe(listSchedule(plan, jobs, 'optimized', slots).makespanMs);
      expect(found.makespan).toBeLessThanOrEqual(found.plainMakespan);
      expect(found.makespan).toBeGreaterThanOrEqual(found.lowerBound * (1 - 1e-9));
      expect(found.trials).toBeLessThanOrEqual(trials);
      const { rankOf, nodeAt } = found.ranking;
      expect([...nodeAt].sort((a, b) => a - b)).toEqual(plan.nodes.map(({ index }) => index));
      nodeAt.forEach((node, rank) => expect(rankOf[node]).toBe(rank));
      expect(new ListSimulator(plan, plan.durations, slots).makespan(rankOf, nodeAt)).toBe(found.makespan);
      expect(searchSchedule(plan, { slots, trials, seed })).toEqual(found);
    }),
  );
});

test('what the program says comes before what the search finds', () => {
  const given = { needs: [[], [], []], durations: [1, 5, 9], priorities: [9, 5, 1], slots: 1 };
  expect([...searchSchedule(planOf(given), { slots: 1, trials: 50 }).ranking.nodeAt]).toEqual([0, 1, 2]);
});

test('it finds what the longest way first misses, and says so', () => {
  // Graham's trap: two long tasks that go last leave a slot idle.
  const given = { needs: [[], [], [], [], []], durations: [3, 3, 2, 2, 2], slots: 2 };
  const found = searchSchedule(planOf(given), { slots: 2, trials: 200 });
  expect(found).toMatchObject({ plainMakespan: 7, makespan: 6, lowerBound: 6 });
  expect(found.reason).toMatch(/none can end sooner/);
});

test('a search without a slot or a trial is refused', () => {
  const plan = planOf({ needs: [[]], durations: [1], slots: 1 });
  expect(() => searchSchedule(plan, { slots: 0, trials: 1 })).toThrow(/at least one slot/);
  expect(() => searchSchedule(plan, { slots: 1, trials: 0 })).toThrow(/at least one/);
});
