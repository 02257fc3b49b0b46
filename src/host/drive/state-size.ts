import type { ExecutionState } from '../../engine/state.ts';

/** Saving so many bytes of outputs that have not changed costs as much as saving a task. */
const bytesPerTask = 400;

/** How much there is to check of a state: its nodes, and the items under way. */
export function tasksIn({ tasks, fanOuts }: ExecutionState): number {
  let size = tasks.length;
  for (const { live } of fanOuts.values()) size += live.size;
  return size;
}

/** How much there is to save of a state, in tasks. */
export function savedSizeOf(state: ExecutionState): number {
  let bytes = 0;
  for (const { outputs } of state.fanOuts.values()) bytes += outputs.savedBytes;
  return tasksIn(state) + bytes / bytesPerTask;
}

/** Nothing goes on until a signal or a time comes, or somebody resumes it. */
export function isAtRest({ phase, derived }: ExecutionState): boolean {
  return (phase === 'running' || phase === 'paused') && derived.running.size === 0 && derived.asking.size === 0;
}
