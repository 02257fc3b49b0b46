import type { OptimisationProposal } from '../../history/optimise/proposal.ts';

export interface OptimizeOptions {
  /** Only says what it would do. */
  readonly preview?: boolean;
  /** No timeout is proposed below it; default 1000. */
  readonly floorMs?: number;
}

export interface Optimization {
  readonly proposal: OptimisationProposal;
  readonly applied: boolean;
}
