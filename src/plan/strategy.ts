import type { Strategy } from '../program/program.ts';

/** A strategy as data: in which order ready tasks start, and how many may run at once. */
export interface StrategyRow {
  /**
   * `topological`: in plan order. `bottomLevel`: longest weighted way to a sink first (Hu 1961; HEFT's upward rank,
   * Topcuoglu et al. 2002). `deepest`: what is furthest along first, so that an item leaves the chain before the next enters.
   */
  readonly order: 'topological' | 'bottomLevel' | 'deepest';
  readonly slotsMax: number;
}

export const strategies: Readonly<Record<Strategy, StrategyRow>> = {
  sequential: { order: 'topological', slotsMax: 1 },
  parallel: { order: 'topological', slotsMax: Number.POSITIVE_INFINITY },
  pipeline: { order: 'deepest', slotsMax: Number.POSITIVE_INFINITY },
  optimized: { order: 'bottomLevel', slotsMax: Number.POSITIVE_INFINITY },
  resource_aware: { order: 'bottomLevel', slotsMax: Number.POSITIVE_INFINITY },
};
