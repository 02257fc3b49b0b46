import type { AttemptRef, TaskRef } from '../engine/event.ts';

/** How a task is named outside the machine; engine/step.ts has the same for its own tasks. */
export function taskIdOf({ node, item, undo }: TaskRef): string {
  if (undo) return `compensate(${node})`;
  return item === undefined ? node : `${node}[${item}]`;
}

export function keyOf(ref: AttemptRef): string {
  return `${taskIdOf(ref)}#${ref.attempt}.${ref.epoch}`;
}

export function taskRefOf({ node, item, undo }: TaskRef): TaskRef {
  return { node, ...(item !== undefined && { item }), ...(undo && { undo }) };
}

export function refOf(ref: AttemptRef): AttemptRef {
  return { ...taskRefOf(ref), attempt: ref.attempt, epoch: ref.epoch };
}
