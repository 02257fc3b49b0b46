/** What the id of a task says: `score[12]` is item 12 of the node score, `compensate(pay)` undoes the node pay. */
export interface TaskName {
  readonly nodeId: string;
  readonly item?: number;
  readonly undo: boolean;
}

/** @param isNode ids of nodes may look like anything, also like items: what is a node is one */
export function readTaskName(taskId: string, isNode: (id: string) => boolean): TaskName {
  if (isNode(taskId)) return { nodeId: taskId, undo: false };
  const undo = /^compensate\((.*)\)$/s.exec(taskId)?.[1];
  if (undo !== undefined) return { nodeId: undo, undo: true };
  const [, nodeId, item] = /^(.*)\[(\d+)\]$/s.exec(taskId) ?? [];
  return nodeId === undefined ? { nodeId: taskId, undo: false } : { nodeId, item: Number(item), undo: false };
}
