import type { Program } from '../program/program.ts';
import type { Profile } from './profile.ts';

/** What a program is to reach, beside what its executions reached. */
export interface TargetReport {
  readonly target: number;
  readonly measured: number;
  readonly met: boolean;
}

/** By the names of `targets`; empty where the program has none, or nothing was measured yet. */
export type TargetReports = { readonly [Name in keyof NonNullable<Program['targets']>]?: TargetReport };

/** The targets of a program against its profile: `durationMs` is to hold for 95 of 100 completed executions. */
export function targetReports(
  { targets = {} }: Pick<Program, 'targets'>,
  { executions, successRate, p95Ms }: Pick<Profile, 'executions' | 'successRate' | 'p95Ms'>,
): TargetReports {
  if (executions === 0) return {};
  const { durationMs, successRate: rate } = targets;
  return {
    // Without a completed execution there is no duration to compare.
    ...(durationMs !== undefined &&
      successRate > 0 && { durationMs: { target: durationMs, measured: p95Ms, met: p95Ms <= durationMs } }),
    ...(rate !== undefined && { successRate: { target: rate, measured: successRate, met: successRate >= rate } }),
  };
}
