import type { TaskRewrite } from '../../engine/recovery-events.ts';
import { mayRewrite } from '../../engine/recovery-events.ts';
import type { TaskStatus } from '../../engine/task.ts';
import type { Program } from '../../program/program.ts';
import type { CheckpointState } from '../view/checkpoint-view.ts';

type TaskStates = CheckpointState['taskStates'];

/**
 * The states of tasks that a recovery strategy has changed in what it was shown.
 * @returns the changes, or a sentence about the first that no task can make
 */
export function readRewrites(program: Program, shown: TaskStates, wanted: TaskStates): readonly TaskRewrite[] | string {
  const rewrites: TaskRewrite[] = [];
  for (const [taskId, { status: to }] of wanted) {
    const from = shown.get(taskId)?.status;
    if (from === to) continue;
    if (from === undefined) return `there is no task ${taskId}`;
    if (!mayRewrite(from as TaskStatus, to)) return `task ${taskId} cannot be taken from ${from} to ${to}`;
    rewrites.push({ ...refOf(program, taskId), to });
  }
  return rewrites;
}

/** Ids of nodes may look like those of items. */
function refOf({ nodes }: Program, taskId: string): { readonly node: string; readonly item?: number } {
  if (Object.hasOwn(nodes, taskId)) return { node: taskId };
  const bracket = taskId.lastIndexOf('[');
  return { node: taskId.slice(0, bracket), item: Number(taskId.slice(bracket + 1, -1)) };
}
