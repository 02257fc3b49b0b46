/** What a sweep erased. */
export interface Sweep {
  /** Sub-programs count too. */
  readonly executions: number;
  /** Results and claims of the cache, and whatever else had expired. */
  readonly records: number;
  /** Executions that could not be erased; the next sweep tries again. */
  readonly failed: number;
}
