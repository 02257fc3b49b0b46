/** What an object was asked to do, in the units that its platform bills. */
export interface Counts {
  /** Times the class was woken or begun. */
  boots: number;
  /** Requests: fetches, calls from other objects, alarms. */
  requests: number;
  /** Statements, and the rows they wrote; setting an alarm writes one. */
  statements: number;
  rowsWritten: number;
  rowsRead: number;
}
