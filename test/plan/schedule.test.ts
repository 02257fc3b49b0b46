import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createJsKernel } from '../../src/kernel/js-kernel.ts';
import { ListSimulator } from '../../src/plan/list-simulator.ts';
import { createPlan, type Plan, rankingOf } from '../../src/plan/plan.ts';
import { rankNodes } from '../../src/plan/ranking.ts';
import {
  haveMoved,
  isSearchable,
  type Schedule,
  scheduleOf,
  searchedNodesMax,
  trialsWithin,
} from '../../src/plan/schedule.ts';
import { ScheduleSearch, searchSchedule } from '../../src/plan/search-schedule.ts';
import type { ProgramNode } from '../../src/program/program.ts';

const kernel = createJsKernel();

function planOf(needs: readonly (readonly number[])[], durations?: readonly number[], more: Partial<ProgramNode> = {}) {
  const nodes = needs.map((of, index) => [`n${index}`, { module: 'm', needs: of.map((each) => `n${each}`), ...more }]);
  const program = { heddle: 1 as const, name: 'case', nodes: Object.fromEntries(nodes) };
  return createPlan(program, kernel, durations && Float64Array.from(durations));
}

const wide = (count: number): number[][] => Array.from({ length: count }, () => []);

const plans: fc.Arbitrary<Plan> = fc.integer({ min: 2, max: 25 }).chain((count) =>
  fc
    .record({
      needs: fc.tuple(
        ...Array.from({ length: count }, (_, index) =>
          index === 0 ? fc.constant<number[]>([]) : fc.uniqueArray(fc.nat(index - 1), { maxLength: 3 }),
        ),
      ),
      durations: fc.array(fc.nat(20), { minLength: count, maxLength: count }),
    })
    .map(({ needs, durations }) => planOf(needs, durations)),
);

test('what is kept beats the order of the strategy by simulation, and is an order of all nodes', () => {
  fc.assert(
    fc.property(
      plans,
      fc.constantFrom('parallel' as const, 'optimized' as const),
      fc.integer({ min: 1, max: 4 }),
      (plan, strategy, slots) => {
        const schedule = scheduleOf(plan, strategy, slots, searchSchedule(plan, { slots, trials: 30 }));
        const simulator = new ListSimulator(plan, plan.durations, slots);
        const own = rankNodes(plan, strategy);
        const plain = simulator.makespan(own.rankOf, own.nodeAt);
        const { rankOf, nodeAt } = rankingOf({ ...plan, ...(schedule && { schedule }) }, strategy);
        expect([...nodeAt].sort((a, b) => a - b)).toEqual(plan.nodes.map(({ index }) => index));
        expect([...nodeAt].every((node, rank) => rankOf[node] === rank)).toBe(true);
        const makespan = simulator.makespan(rankOf, nodeAt);
        if (schedule === undefined) expect(makespan).toBe(plain);
        else {
          expect([schedule.makespan, schedule.plainMakespan]).toEqual([makespan, plain]);
          expect(makespan).toBeLessThan(plain);
        }
        // Under another strategy it has nothing to say.
        const other = { ...plan, ...(schedule && { schedule }) };
        expect(rankingOf(other, 'pipeline')).toEqual(rankNodes(plan, 'pipeline'));
      },
    ),
  );
});

test('a search that is looked after in between finds what one in a single go finds', () => {
  fc.assert(
    fc.property(plans, fc.integer({ min: 1, max: 7 }), (plan, step) => {
      const search = new ScheduleSearch(plan, { slots: 2, trials: 25 });
      while (!search.over) search.run(step);
      expect(search.found()).toEqual(searchSchedule(plan, { slots: 2, trials: 25 }));
    }),
  );
});

test('an order that is not of this plan is CORRUPT', () => {
  const plan = planOf([[], [], [0]]);
  const schedule: Schedule = {
    ...{ order: [0, 1, 2], strategy: 'optimized', slots: 1 },
    ...{ makespan: 1, plainMakespan: 2, reason: '' },
  };
  expect([...rankingOf({ ...plan, schedule }, 'optimized').nodeAt]).toEqual([0, 1, 2]);
  for (const order of [[], [0, 1], [0, 1, 1], [0, 1, 3], [0, 1, 2, 2], [0, 1, -1]])
    expect(() => rankingOf({ ...plan, schedule: { ...schedule, order } }, 'optimized')).toThrow(/schedule orders/);
});

test('the number of trials follows from the budget and the size, within bounds', () => {
  const [small, large] = [planOf(wide(30)), planOf(wide(3000))];
  expect(trialsWithin(small, 0)).toBe(0);
  expect(trialsWithin(small, 1)).toBeGreaterThan(trialsWithin(large, 1));
  expect(trialsWithin(large, 100)).toBeGreaterThanOrEqual(10 * trialsWithin(large, 10));
  expect(trialsWithin(small, 1e6)).toBe(2000);
  // One trial would be the plain rule.
  expect(trialsWithin(planOf(wide(searchedNodesMax)), 1)).toBe(0);
});

test('only what the simulation is true of is searched, and only where an order decides something', () => {
  const three = planOf(wide(3));
  expect(isSearchable(three, 'optimized', 2, false)).toBe(true);
  expect(isSearchable(three, 'optimized', 2, true)).toBe(true);
  expect(isSearchable(three, 'parallel', 2, false)).toBe(true);
  expect(isSearchable(three, 'parallel', 2, true)).toBe(false);
  expect(isSearchable(three, 'pipeline', 2, false)).toBe(false);
  expect(isSearchable(three, 'sequential', 1, false)).toBe(false);
  expect(isSearchable(three, 'optimized', 3, false)).toBe(false);
  expect(isSearchable(planOf([[], [0], [1]]), 'optimized', 1, false)).toBe(false);
  expect(isSearchable(planOf(wide(searchedNodesMax + 1)), 'optimized', 2, false)).toBe(false);
  for (const more of [
    { resources: { cpu_cores: 1 } },
    { forEach: { items: [1, 2] } },
    { bulkhead: { key: 'k', limit: 1 } },
  ])
    expect(isSearchable(planOf(wide(3), undefined, more), 'optimized', 2, false)).toBe(false);
});

test('durations have moved when a node that matters takes a quarter more or less', () => {
  const moved = (...now: number[]) => haveMoved(Float64Array.of(100, 400, 1), Float64Array.from(now), 500);
  expect(moved(100, 400, 1)).toBe(false);
  expect(moved(120, 330, 4)).toBe(false);
  expect(moved(130, 400, 1)).toBe(true);
  expect(moved(100, 300, 1)).toBe(true);
  expect(moved(100, 400, 6)).toBe(true);
});
