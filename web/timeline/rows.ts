import type { ExecutionModel } from '../model/execution-model.ts';
import type { Segment } from '../model/segment.ts';

/** A row of the timeline: a node with all its items, or a task of its own. */
export interface Row {
  readonly label: string;
  /** What is selected by it. */
  readonly taskId: string;
  readonly nodeId: string;
  readonly segments: Segment[];
}

/** In the order in which they were begun with. @param items whether every item has a row of its own */
export function rowsOf({ segments }: ExecutionModel, items: boolean): readonly Row[] {
  const rows = new Map<string, Row>();
  for (const segment of segments) {
    const undo = segment.taskId.startsWith('compensate(');
    const key = items || undo ? segment.taskId : segment.nodeId;
    const row = rows.get(key) ?? { label: key, taskId: key, nodeId: segment.nodeId, segments: [] };
    rows.set(key, row);
    row.segments.push(segment);
  }
  return [...rows.values()];
}
