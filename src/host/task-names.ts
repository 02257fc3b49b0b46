import type { AttemptRef, TaskRef } from '../engine/task-ref.ts';

/** How a task is named outside the machine; engine/step.ts has the same for its own tasks. */
export function taskIdOf({ node, item, undo }: TaskRef): string {
  if (undo) return `compensate(${node})`;
  return item === undefined ? node : `${node}[${item}]`;
}

export function taskRefOf({ node, item, undo }: TaskRef): TaskRef {
  if (undo) return item === undefined ? { node, undo } : { node, item, undo };
  return item === undefined ? { node } : { node, item };
}

export function refOf(ref: AttemptRef): AttemptRef {
  const { node, item, undo, attempt, epoch } = ref;
  // Most tasks are whole nodes, and every attempt comes by here.
  if (item === undefined && !undo) return { node, attempt, epoch };
  return { ...taskRefOf(ref), attempt, epoch };
}
