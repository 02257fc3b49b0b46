import type { ExecutionState } from '../engine/state.ts';
import { isSettled } from '../engine/task.ts';
import type { Plan } from '../plan/plan.ts';
import { remainingMs } from './remaining.ts';

export interface ExecutionProgress {
  /** 0 to 100, by nodes, an open forEach node counting by its items: never falls, whatever fans out. */
  readonly percentage: number;
  /** Settled tasks; an item of a forEach node is a task. */
  readonly completedTasks: number;
  /** Known so far: grows when a forEach node learns its items. */
  readonly totalTasks: number;
  /** ms, from the critical path left at the pace so far (remaining.ts says how); absent before anything is done, and at the end. */
  readonly estimatedTimeRemaining?: number;
  readonly currentPhase: string;
}

export function progressOf(plan: Plan, state: ExecutionState, nowMs: number): ExecutionProgress {
  let [nodesDone, completedTasks, totalTasks] = [0, 0, 0];
  for (const task of state.tasks) {
    const fanOut = state.fanOuts.get(task.node);
    const settled = isSettled(task.status);
    if (fanOut === undefined) {
      totalTasks++;
      if (settled) completedTasks++;
    } else {
      totalTasks += fanOut.count;
      completedTasks += settled ? fanOut.count : fanOut.succeeded + fanOut.failed;
    }
    if (settled) nodesDone++;
    else if (fanOut !== undefined) nodesDone += (fanOut.succeeded + fanOut.failed) / fanOut.count;
  }
  const share = plan.nodes.length === 0 ? 1 : nodesDone / plan.nodes.length;
  const remaining = state.finished === null ? remainingMs(plan, state, nowMs - state.startedAtMs) : undefined;
  return {
    percentage: share * 100,
    completedTasks,
    totalTasks,
    ...(remaining !== undefined && { estimatedTimeRemaining: remaining }),
    currentPhase: state.phase,
  };
}
