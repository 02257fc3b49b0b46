import type { ExecutionState } from '../../engine/state.ts';

/** How much there is to check, copy or encode of a state: its tasks and the outputs of its items. */
export function sizeOf({ tasks, fanOuts }: ExecutionState): number {
  let size = tasks.length;
  for (const { count } of fanOuts.values()) size += count;
  return size;
}
