import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Job, listSchedule as schedule } from '../../src/history/list-schedule.ts';
import { createJsKernel } from '../../src/kernel/js-kernel.ts';
import { createPlan, type Plan } from '../../src/plan/plan.ts';

function planOf(needs: readonly (readonly number[])[], jobs: readonly Job[]): Plan {
  const nodes = needs.map((of, index) => [`n${index}`, { module: 'm', needs: of.map((each) => `n${each}`) }] as const);
  const durations = Float64Array.from(jobs, ({ tasks, taskMs }) => (tasks > 0 ? taskMs : 0));
  return createPlan({ heddle: 1, name: 'case', nodes: Object.fromEntries(nodes) }, createJsKernel(), durations);
}
const listSchedule = (...of: Parameters<typeof schedule>) => schedule(...of).makespanMs;
const job = (taskMs: number, tasks = 1, maxParallel?: number): Job => ({ taskMs, tasks, maxParallel });

test('the longest way first beats the order of the file', () => {
  const jobs = [job(10), job(10), job(10), job(30)];
  const plan = planOf([[], [], [], [2]], jobs);
  expect(listSchedule(plan, jobs, 'optimized', 1)).toBe(60);
  expect(listSchedule(plan, jobs, 'optimized', 2)).toBe(40);
  expect(listSchedule(plan, jobs, 'parallel', 2)).toBe(50);
});

test('items side by side, as far as slots and maxParallel go; a node without tasks takes nothing', () => {
  const jobs = [job(10, 6), job(99, 0), job(5)];
  const plan = planOf([[], [0], [1]], jobs);
  expect(listSchedule(plan, jobs, 'optimized', 100)).toBe(15);
  expect(schedule(plan, jobs, 'optimized', 100).slotsUsed).toBe(6);
  expect(schedule(plan, jobs, 'optimized', 4)).toEqual({ makespanMs: 25, slotsUsed: 4 });
  const narrow = [job(10, 6, 2), job(99, 0), job(5)];
  expect(listSchedule(plan, narrow, 'optimized', 100)).toBe(35);
});

const cases = fc.integer({ min: 1, max: 10 }).chain((count) =>
  fc.record({
    needs: fc.tuple(
      ...Array.from({ length: count }, (_, index) =>
        index === 0 ? fc.constant([]) : fc.uniqueArray(fc.nat(index - 1), { maxLength: 3 }),
      ),
    ),
    jobs: fc.array(fc.record({ tasks: fc.nat(4), taskMs: fc.nat(20) }), { minLength: count, maxLength: count }),
    slots: fc.integer({ min: 1, max: 5 }),
  }),
);

test("no schedule is shorter than the work allows, none longer than Graham's bound", () => {
  fc.assert(
    fc.property(cases, fc.constantFrom('parallel', 'optimized', 'pipeline'), ({ needs, jobs, slots }, strategy) => {
      const plan = planOf(needs, jobs);
      const work = jobs.reduce((sum, { tasks, taskMs }) => sum + tasks * taskMs, 0);
      const critical = plan.weights.makespan;
      const makespan = listSchedule(plan, jobs, strategy as 'parallel', slots);
      expect(makespan).toBeGreaterThanOrEqual(Math.max(critical, work / slots));
      expect(makespan).toBeLessThanOrEqual(work / slots + critical * (1 - 1 / slots) + 1e-9);
      expect(listSchedule(plan, jobs, strategy as 'parallel', Number.POSITIVE_INFINITY)).toBe(critical);
      expect(listSchedule(plan, jobs, strategy as 'parallel', 1)).toBe(work);
    }),
  );
});
