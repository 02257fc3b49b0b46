import type { Plan } from '../plan/plan.ts';
import { rankingOf } from '../plan/plan.ts';
import { undoWaits } from './compensate.ts';
import { Deadlines } from './deadlines.ts';
import { isAsking } from './question.ts';
import { newItemsIndex, ReadyIndex, rankOf, readyIndexOf } from './ready-index.ts';
import type { Derived, ExecutionState } from './state.ts';
import { isSettled, type Task } from './task.ts';

/**
 * Rebuilds every index over the state, from the state alone.
 * @param ranking where it is known: it follows from the plan and the strategy, and sorting all nodes takes its time
 */
export function derive(
  plan: Plan,
  state: Omit<ExecutionState, 'derived'>,
  ranking = rankingOf(plan, state.options.strategy ?? plan.strategy.strategy),
): Derived {
  const size = plan.nodes.length;
  const derived: Derived = {
    ranking,
    ready: new ReadyIndex(size),
    unslotted: new ReadyIndex(size),
    deadlines: new Deadlines(),
    running: new Set(),
    tallies: { succeeded: new Uint32Array(size), failed: new Uint32Array(size), settled: new Uint32Array(size) },
    open: 0,
    asking: new Set(),
    awaiting: new Set(),
    granted: new Set(),
    before: new Map(state.fork?.inherited.map(({ node, output }) => [plan.indexOf.get(node) ?? -1, output])),
    undoWaits: undoWaits(plan, state),
    undoOpen: 0,
    armedAtMs: null,
  };
  const indexed = { ...state, derived };
  for (let at = 0; at < state.tasks.length; at++) {
    const task = state.tasks[at] as Task;
    // Of a task that waits for others no index knows anything, and that is where every one of them begins.
    if (task.status === 'pending') {
      derived.open++;
      continue;
    }
    indexTask(plan, indexed, task);
    if (!isSettled(task.status)) derived.open++;
    else tally(plan, derived, task);
  }
  for (const fanOut of state.fanOuts.values()) for (const item of fanOut.live.values()) indexTask(plan, indexed, item);
  for (const task of state.compensations.values()) {
    indexTask(plan, indexed, task);
    if (!isSettled(task.status)) derived.undoOpen++;
  }
  return derived;
}

function indexTask(plan: Plan, state: ExecutionState, task: Task): void {
  const { derived } = state;
  const node = plan.nodes[task.node];
  if (node === undefined) return;
  if (task.status === 'running') derived.running.add(task);
  else if (task.status === 'awaiting') derived.awaiting.add(task);
  else if (task.status === 'ready') readyIndexOf(node, state, task).add(state, task);
  // A fanned node may have nothing to start just now; dispatch finds out and drops it.
  else if (task.status === 'fanned') newItemsIndex(node, state).nodes.add(rankOf(state, task.node));
  else if (isAsking(task.status)) derived.asking.add(task);
  if (task.granted) derived.granted.add(task);
  derived.deadlines.add(task);
}

function tally(plan: Plan, { tallies }: Derived, task: Task): void {
  for (const dependent of plan.dependents[task.node] ?? []) {
    tallies.settled[dependent] = (tallies.settled[dependent] ?? 0) + 1;
    if (task.status === 'succeeded') tallies.succeeded[dependent] = (tallies.succeeded[dependent] ?? 0) + 1;
    if (task.status === 'failed') tallies.failed[dependent] = (tallies.failed[dependent] ?? 0) + 1;
  }
}
