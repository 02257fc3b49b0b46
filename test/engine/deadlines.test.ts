import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Deadlines } from '../../src/engine/deadlines.ts';
import { newTask, type Task } from '../../src/engine/task.ts';

test('RC3 the earliest deadline is the least of those that still count, over any setting, clearing and taking', () => {
  const move = fc.record({
    task: fc.integer({ min: 0, max: 9 }),
    dueAtMs: fc.option(fc.integer({ min: 0, max: 50 })),
    takeAt: fc.option(fc.integer({ min: 0, max: 50 })),
  });
  fc.assert(
    fc.property(fc.array(move, { maxLength: 100 }), (moves) => {
      const tasks: Task[] = Array.from({ length: 10 }, (_, node) => newTask(node, -1, 'waiting'));
      const deadlines = new Deadlines();
      const due = () =>
        tasks
          .filter((task) => task.dueAtMs !== null)
          .sort((a, b) => (a.dueAtMs ?? 0) - (b.dueAtMs ?? 0) || a.node - b.node);
      for (const { task: index, dueAtMs, takeAt } of moves) {
        const task = tasks[index] as Task;
        task.dueAtMs = dueAtMs;
        deadlines.add(task);
        expect(deadlines.earliest()).toBe(due()[0]?.dueAtMs ?? null);
        if (takeAt === null) continue;
        const first = due()[0];
        const expected = first !== undefined && (first.dueAtMs ?? 0) <= takeAt ? first : undefined;
        const taken = deadlines.takeDue(takeAt);
        expect(taken).toBe(expected);
        if (taken !== undefined) taken.dueAtMs = null;
      }
    }),
  );
});
