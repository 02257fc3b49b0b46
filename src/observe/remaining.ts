import { slotsOf } from '../engine/dispatch.ts';
import type { ExecutionState } from '../engine/state.ts';
import { isSettled, type Task } from '../engine/task.ts';
import type { Plan } from '../plan/plan.ts';

/**
 * ms until the end, estimated; undefined before anything that ran has settled. Never negative.
 *
 * The estimate is the critical path left, at the pace measured so far: the largest bottom level of an unsettled node,
 * times the elapsed ms per unit of weight of the longest path that has settled. Weights are those of the plan: 1 per node
 * unless durations were given. An open forEach node counts on both sides by the share of its items that ended. Nodes that
 * were skipped or cancelled took no time and count for nothing.
 *
 * Where fewer attempts may run at once than there is work side by side, the path is not what holds things up. So both "left" and
 * "settled" are the larger of the path and of all the weight divided by these slots (Graham's lower bound). With slots
 * to spare, that is the path.
 *
 * What it does not know: how long an attempt under way has still to go (it counts as not begun, so the estimate rises while
 * nothing settles), which nodes will be skipped (they count as if they ran), and how long the execution was paused (the pause
 * counts as elapsed). It is an estimate, not a bound.
 */
export function remainingMs(plan: Plan, state: ExecutionState, elapsedMs: number): number | undefined {
  const { durations, weights, dependencies } = plan;
  const prefix = new Float64Array(durations.length);
  let [pathDone, workDone, pathLeft, workLeft] = [0, 0, 0, 0];
  for (const node of plan.order) {
    const task = state.tasks[node];
    const duration = durations[node] ?? 0;
    const done = task === undefined ? 0 : duration * doneShare(state, task);
    const open = task === undefined || !isSettled(task.status);
    workDone += done;
    if (done > 0 || !open) {
      const until = done + longest(prefix, dependencies[node]);
      prefix[node] = until;
      if (until > pathDone) pathDone = until;
    }
    if (!open) continue;
    workLeft += duration - done;
    pathLeft = Math.max(pathLeft, (weights.bottomLevel[node] ?? 0) - done);
  }
  const slots = slotsOf(plan, state) || Number.POSITIVE_INFINITY;
  const settled = Math.max(pathDone, workDone / slots);
  if (settled <= 0) return undefined;
  return Math.max(0, Math.round((Math.max(0, elapsedMs) * Math.max(pathLeft, workLeft / slots)) / settled));
}

/** How much of a node has run: 1 once it ran to its end, the share of its items while it is an open forEach node. */
function doneShare(state: ExecutionState, { node, status }: Task): number {
  if (status === 'succeeded' || status === 'failed') return 1;
  const items = status === 'fanned' ? state.fanOuts.get(node) : undefined;
  return items === undefined ? 0 : (items.succeeded + items.failed) / items.count;
}

function longest(lengths: Float64Array, nodes: readonly number[] = []): number {
  let most = 0;
  for (const node of nodes) {
    const length = lengths[node] ?? 0;
    if (length > most) most = length;
  }
  return most;
}
