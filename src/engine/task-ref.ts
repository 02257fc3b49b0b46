import { compensationOfNode, nodeItself } from './task.ts';

/** A task: a node, one item of a forEach node (one batch, with `batchSize`), or what undoes a node. */
export interface TaskRef {
  readonly node: string;
  readonly item?: number;
  /** The node's compensation. */
  readonly undo?: true;
}

/** Identifies one attempt for fencing: an answer whose attempt or epoch is not the task's current one changes nothing. */
export interface AttemptRef extends TaskRef {
  readonly attempt: number;
  /** Grows with every lease and every restore (state.ts, `termOf`). */
  readonly epoch: number;
}

/** Where the item of a reference stands in a {@link Task}. */
export function itemOf(ref: TaskRef): number {
  return ref.undo ? compensationOfNode : (ref.item ?? nodeItself);
}
