import { expect, test } from 'vitest';
import { apply } from '../../src/engine/apply.ts';
import { initialState } from '../../src/engine/checkpoint.ts';
import type { ExecutionState } from '../../src/engine/state.ts';
import { taskId } from '../../src/engine/step.ts';
import { isSettled } from '../../src/engine/task.ts';
import { blockedTasks } from '../../src/observe/blocked.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { simulate } from '../sim/seeds.ts';

const reasons = new Map<string, number>();

/**
 * After an event: whoever has neither settled nor runs is named once, nobody else is, and whoever waits for others leads to
 * one that runs or is blocked by something else.
 */
function named(plan: Plan, state: ExecutionState): void {
  const blocked = blockedTasks(plan, state);
  for (const { why } of blocked) reasons.set(why, (reasons.get(why) ?? 0) + 1);
  const items = [...state.fanOuts.values()].flatMap(({ live }) => [...live.values()]);
  const waiting = [...state.tasks, ...items, ...state.compensations.values()].filter(
    ({ status }) => !isSettled(status) && status !== 'running',
  );
  const ids = waiting.map((task) => taskId(plan, task));
  if (state.phase === 'finished') return expect(blocked).toEqual([]);
  expect(blocked.map((task) => task.taskId).sort()).toEqual(ids.sort());
  const byId = new Map(blocked.map((task) => [task.taskId, task]));
  for (const task of blocked) {
    const seen = new Set<string>();
    let found = false;
    for (const queue = [task.taskId]; queue.length > 0 && !found; ) {
      const id = queue.pop() ?? '';
      if (seen.has(id)) continue;
      seen.add(id);
      const next = byId.get(id);
      found = next?.why !== 'dependencies';
      if (next?.why === 'dependencies') queue.push(...next.on);
    }
    if (!found) throw new Error(`${JSON.stringify(task)} leads nowhere, in ${JSON.stringify(blocked)}`);
  }
}

test('every stalled task of 300 random executions is named with its reason, after every event', async () => {
  let states = 0;
  for (let seed = 1; seed <= 300; seed++) {
    const { plan, journal } = await simulate(seed);
    const [first] = journal;
    if (first?.type !== 'ExecutionStarted') throw new Error('the journal has no beginning');
    const state = initialState(plan, first);
    for (const event of journal) {
      apply(plan, state, event);
      named(plan, state);
      states++;
    }
  }
  expect(states).toBeGreaterThan(3000);
  for (const why of ['dependencies', 'signal', 'time', 'retry', 'permits', 'slot', 'paused', 'host']) {
    expect([why, reasons.get(why) ?? 0]).not.toEqual([why, 0]);
  }
});
