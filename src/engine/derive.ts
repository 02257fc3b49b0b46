import { RankSet } from '../kernel/rank-set.ts';
import type { Plan } from '../plan/plan.ts';
import { rankNodes } from '../plan/ranking.ts';
import { strategyDefault } from '../plan/strategy.ts';
import { Deadlines } from './deadlines.ts';
import { type Derived, type ExecutionState, isSettled, type Task } from './state.ts';

/** Rebuilds every index over the state, from the state alone. */
export function derive(plan: Plan, state: Omit<ExecutionState, 'derived'>): Derived {
  const strategy = state.options.strategy ?? plan.program.strategy ?? strategyDefault;
  const size = plan.nodes.length;
  const derived: Derived = {
    ranking: rankNodes(plan, strategy),
    ready: new RankSet(size),
    deadlines: new Deadlines(),
    running: new Set(),
    tallies: { succeeded: new Uint32Array(size), failed: new Uint32Array(size), settled: new Uint32Array(size) },
    open: 0,
    asking: new Set(),
    readyItems: new Map(),
    armedAtMs: null,
  };
  for (const task of state.tasks) {
    indexTask(derived, task);
    if (!isSettled(task.status)) derived.open++;
    else tally(plan, derived, task);
  }
  for (const [node, fanOut] of state.fanOuts) {
    for (const item of fanOut.live.values()) {
      indexTask(derived, item);
      if (item.status !== 'ready') continue;
      const items = derived.readyItems.get(node) ?? new RankSet(fanOut.count);
      items.add(item.item);
      derived.readyItems.set(node, items);
    }
  }
  return derived;
}

function indexTask(derived: Derived, task: Task): void {
  if (task.status === 'running') derived.running.add(task);
  // A fanned node may have nothing to start just now; dispatch finds out and drops it.
  if ((task.status === 'ready' && task.item < 0) || task.status === 'fanned')
    derived.ready.add(derived.ranking.rankOf[task.node] ?? 0);
  if (task.status === 'guarding' || task.status === 'resolving') derived.asking.add(task.node);
  derived.deadlines.add(task);
}

function tally(plan: Plan, { tallies }: Derived, task: Task): void {
  for (const dependent of plan.dependents[task.node] ?? []) {
    tallies.settled[dependent] = (tallies.settled[dependent] ?? 0) + 1;
    if (task.status === 'succeeded') tallies.succeeded[dependent] = (tallies.succeeded[dependent] ?? 0) + 1;
    if (task.status === 'failed') tallies.failed[dependent] = (tallies.failed[dependent] ?? 0) + 1;
  }
}
