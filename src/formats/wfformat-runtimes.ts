/** An event of an execution, or what it is as JSON. */
export interface RecordedEvent {
  readonly type: string;
  readonly taskId?: string;
  readonly timestamp: Date | string;
}

/**
 * What the nodes took that succeeded, in ms, by node id, in the order in which they ended.
 * @param isNode tells a node `a[1]` from item 1 of a node `a`
 */
export function runtimesOf(
  timeline: readonly RecordedEvent[],
  isNode: (id: string) => boolean,
): ReadonlyMap<string, number> {
  const startedMs = new Map<string, number>();
  const itemsMs = new Map<string, number>();
  const runtimes = new Map<string, number>();
  for (const { type, taskId, timestamp } of timeline) {
    if (taskId === undefined) continue;
    const atMs = new Date(timestamp).getTime();
    if (type === 'TASK_STARTED') startedMs.set(taskId, atMs);
    else if (type === 'TASK_COMPLETED' || type === 'TASK_CACHED') {
      const tookMs = type === 'TASK_CACHED' ? 0 : Math.max(0, atMs - (startedMs.get(taskId) ?? atMs));
      const node = isNode(taskId) ? taskId : taskId.replace(/\[\d+\]$/, '');
      if (node !== taskId) itemsMs.set(node, (itemsMs.get(node) ?? 0) + tookMs);
      else if (isNode(node)) runtimes.set(node, itemsMs.get(node) ?? tookMs);
    }
  }
  return runtimes;
}
