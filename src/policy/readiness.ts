import type { Join, Trigger } from '../program/program.ts';

/** How the dependencies of a node have ended so far. Skipped and cancelled ones count as settled only. */
export interface DependencyTally {
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly settled: number;
}

export type Readiness = 'run' | 'wait' | 'skip';

/**
 * Whether a node may run. `trigger` says which end of a dependency counts, `join` how many must have it; the node is
 * skipped as soon as that number can no longer be reached, so nothing waits for what cannot come.
 */
export function readiness(join: Join, trigger: Trigger, tally: DependencyTally): Readiness {
  const wanted = needed(join, tally.total);
  const counted = trigger === 'success' ? tally.succeeded : trigger === 'failure' ? tally.failed : tally.settled;
  if (counted >= wanted) return 'run';
  return counted + (tally.total - tally.settled) < wanted ? 'skip' : 'wait';
}

function needed(join: Join, total: number): number {
  if (join === 'all') return total;
  return Math.min(join === 'any' ? 1 : join.quorum, total);
}
