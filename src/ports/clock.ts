/** Time, and one wake-up. The host keeps at most one wake-up armed per execution: the earliest deadline of its state. */
export interface Clock {
  /** Milliseconds since the Unix epoch; may stand still or jump, the host clamps durations to 0 or more. */
  now(): number;
  /**
   * Calls `wake` once when `atMs` has come, and replaces whatever was armed before; `null` disarms.
   * A wake-up may come late, twice or early: the machine only believes the time it is told.
   */
  wakeAt(executionId: string, atMs: number | null, wake: () => void): void;
}
