/**
 * Limits that reach beyond this process: places behind bulkheads and turns of a rate, by key. Without one, an engine keeps
 * them among its own executions.
 */
export interface SharedLimits {
  /** Resolves with how to leave when fewer than `limit` are inside. @throws ABORTED, STORAGE_FAILED */
  enter(key: string, limit: number, priority: number, signal?: AbortSignal): Promise<() => void>;
  /** Resolves when it is one's turn. @throws ABORTED, UNSATISFIABLE_RESOURCES, STORAGE_FAILED */
  pass(key: string, perSecond: number, priority: number, signal?: AbortSignal): Promise<void>;
}
