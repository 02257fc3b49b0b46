import type { Profile } from '../../history/profile.ts';
import type { TargetReports } from '../../history/targets.ts';
import type { ExecutionMetrics } from '../../observe/metrics.ts';
import type { ExecutionProgress } from '../../observe/progress.ts';
import type { ExecutionStatus } from '../../observe/status.ts';
import type { Strategy } from '../../program/program.ts';

/** How a program stands: its latest execution, and what its executions took so far. */
export interface ProgramStatus {
  readonly programId: string;
  /** Of the latest execution, by when they began. */
  readonly executionId: string;
  readonly status: ExecutionStatus;
  readonly progress: ExecutionProgress;
  readonly metrics: ExecutionMetrics;
  readonly strategy: Strategy;
  /** Executions that have not ended, at most 1000. */
  readonly currentExecutions: number;
  /** Over those that have, as far as the history goes back. */
  readonly averages: Pick<Profile, 'executions' | 'successRate' | 'p50Ms' | 'p95Ms'>;
  /** The `targets` of the latest program against them. */
  readonly targets: TargetReports;
}
