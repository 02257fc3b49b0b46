import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createJsKernel } from '../../src/kernel/js-kernel.ts';
import { progressOf } from '../../src/observe/progress.ts';
import { createPlan } from '../../src/plan/plan.ts';
import { Machine } from '../engine/machine.ts';

const progress = (machine: Machine) => progressOf(machine.plan, machine.state, machine.atMs);
const remaining = (machine: Machine) => progress(machine).estimatedTimeRemaining;

/** `n0` ← `n1` ← … of that length. */
function chain(length: number) {
  return Object.fromEntries(
    Array.from({ length }, (_, index) => [`n${index}`, index === 0 ? {} : { needs: [`n${index - 1}`] }]),
  );
}

describe('time remaining', () => {
  test('is unknown before anything is done, and gone at the end', () => {
    const machine = new Machine(chain(1));
    machine.atMs += 100;
    expect(progress(machine)).not.toHaveProperty('estimatedTimeRemaining');
    machine.succeed('n0');
    expect(remaining(machine)).toBe(0);
    machine.feed({ type: 'ExecutionFinished', status: 'COMPLETED', result: { value: null } });
    expect(progress(machine)).not.toHaveProperty('estimatedTimeRemaining');
    expect(progress(machine).percentage).toBe(100);
  });

  test('along a chain of equal tasks is exact', () => {
    const machine = new Machine(chain(5));
    for (let done = 1; done <= 5; done++) {
      machine.atMs += 100;
      machine.succeed(`n${done - 1}`);
      expect(remaining(machine)).toBe((5 - done) * 100);
    }
  });

  test('follows the critical path, not the number of nodes', () => {
    const wide = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`w${index}`, {}]));
    const machine = new Machine({ ...chain(4), ...wide });
    machine.atMs += 100;
    machine.succeed('n0', ...Object.keys(wide));
    // 21 of 24 nodes are done, but three in a row are left.
    expect(progress(machine).percentage).toBe((21 / 24) * 100);
    expect(remaining(machine)).toBe(300);
  });

  test('goes by the durations the plan was given', () => {
    const machine = new Machine(chain(3));
    const plan = createPlan(machine.plan.program, createJsKernel(), Float64Array.of(2, 3, 5));
    machine.atMs += 100;
    machine.succeed('n0');
    expect(progressOf(plan, machine.state, machine.atMs).estimatedTimeRemaining).toBe(400);
  });

  test('where slots are few, counts the rounds', () => {
    const wide = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`w${index}`, {}]));
    const machine = new Machine(wide, {}, {}, 4);
    for (const left of [200, 100, 0]) {
      machine.atMs += 100;
      machine.succeed(...machine.running);
      expect(remaining(machine)).toBe(left);
    }
  });

  test('the concurrency of the program limits it as the slots of the host do', () => {
    const wide = Object.fromEntries(Array.from({ length: 4 }, (_, index) => [`w${index}`, {}]));
    const machine = new Machine(wide, { limits: { concurrency: 1 } });
    machine.atMs += 100;
    machine.succeed('w0');
    expect(remaining(machine)).toBe(300);
  });

  test('a wide stage after a slow chain is not taken for a chain', () => {
    const wide = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`w${index}`, { needs: ['n3'] }]));
    const machine = new Machine({ ...chain(4), ...wide });
    for (let done = 0; done < 4; done++) {
      machine.atMs += 100;
      machine.succeed(`n${done}`);
    }
    expect(remaining(machine)).toBe(100);
  });

  test('an open forEach node counts by its items', () => {
    const machine = new Machine({ each: { forEach: { items: '${input.list}' } }, after: { needs: ['each'] } });
    machine.feed({ type: 'ItemsResolved', node: 'each', outcome: { count: 4 } });
    machine.atMs += 100;
    machine.succeed('each[0]', 'each[1]');
    // Half a node took 100 ms; half of it and one more are left.
    expect(remaining(machine)).toBe(300);
  });

  test('a path that is done does not lead through a node that is not', () => {
    const machine = new Machine({
      ...chain(2),
      slow: { needs: ['n1'] },
      quick: {},
      first: { needs: ['slow', 'quick'], join: 'any' },
      last: { needs: ['slow'] },
    });
    machine.atMs += 100;
    machine.succeed('n0', 'quick');
    machine.atMs += 100;
    machine.succeed('n1', 'first');
    // Two in a row took 200 ms; `first` stands behind `slow` in the graph, but did not wait for it.
    expect(machine.running).toEqual(['slow']);
    expect(remaining(machine)).toBe(200);
  });

  test('skipped nodes tell nothing of the pace, and are not left', () => {
    const machine = new Machine({ no: { if: '${false}' }, ...chain(2), tail: { needs: ['no'] } });
    machine.feed({ type: 'GuardEvaluated', node: 'no', outcome: { passed: false } });
    machine.atMs += 100;
    expect(progress(machine)).not.toHaveProperty('estimatedTimeRemaining');
    machine.succeed('n0');
    expect(remaining(machine)).toBe(100);
  });
});

/** A random graph whose tasks end in a random order, some failing, some skipped, some fanned out. */
const node = fc.record({
  needs: fc.uniqueArray(fc.nat(20), { maxLength: 3 }),
  join: fc.constantFrom('all' as const, 'any' as const),
  trigger: fc.constantFrom('success' as const, 'success' as const, 'always' as const),
  items: fc.option(fc.nat(3), { freq: 4 }),
});

test('the percentage never falls and the estimate is never negative, however tasks end', () => {
  const steps = fc.array(fc.tuple(fc.nat(50), fc.nat(9), fc.nat(100)), { maxLength: 80 });
  fc.assert(
    fc.property(
      fc.array(node, { minLength: 1, maxLength: 12 }),
      steps,
      fc.integer({ min: 1, max: 4 }),
      (all, moves, slots) => {
        const nodes = Object.fromEntries(
          all.map(({ needs, join, trigger, items }, index) => {
            const before = [...new Set(needs.filter((_, at) => at < index).map((need) => `n${need % index}`))];
            const forEach =
              items === null ? {} : { forEach: { items: '${input.list}', tolerance: 'tolerant' as const } };
            return [`n${index}`, { needs: before, trigger, ...(before.length > 0 && { join }), ...forEach }];
          }),
        );
        const machine = new Machine(nodes, { tolerance: 'tolerant' }, {}, slots);
        let last = 0;
        const check = () => {
          const { percentage, estimatedTimeRemaining = 0 } = progress(machine);
          expect(percentage).toBeGreaterThanOrEqual(last);
          expect(percentage).toBeLessThanOrEqual(100);
          expect(Number.isInteger(estimatedTimeRemaining) && estimatedTimeRemaining >= 0).toBe(true);
          last = percentage;
        };
        const answerItems = () => {
          all.forEach(({ items }, index) => {
            if (machine.status(`n${index}`) === 'resolving')
              machine.feed({ type: 'ItemsResolved', node: `n${index}`, outcome: { count: items ?? 0 } });
          });
        };
        for (const [which, luck, afterMs] of moves) {
          answerItems();
          check();
          const { running } = machine;
          if (running.length === 0) break;
          machine.atMs += afterMs;
          const task = running[which % running.length] ?? '';
          if (luck === 0) machine.fail(task, { retryable: false });
          else machine.succeed(task);
          check();
        }
      },
    ),
  );
});
