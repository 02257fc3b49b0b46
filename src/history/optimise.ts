import { createJsKernel } from '../kernel/js-kernel.ts';
import type { GraphKernel } from '../kernel/kernel.ts';
import { programDigest } from '../program/digest.ts';
import type { Program } from '../program/program.ts';
import { changed, learnedWeights } from './optimise/apply-proposal.ts';
import { proposeClaims } from './optimise/claims.ts';
import { proposeConcurrency } from './optimise/concurrency.ts';
import { Forecast } from './optimise/forecast.ts';
import { proposePlacement } from './optimise/placement.ts';
import type { OptimisationProposal } from './optimise/proposal.ts';
import { proposeTimeouts, runsMin } from './optimise/timeouts.ts';
import type { Profile } from './profile.ts';

export interface OptimiseOptions {
  /** Attempts the host runs at once. */
  readonly slots: number;
  /** No timeout is proposed below it. */
  readonly floorMs?: number;
  /** Modules that compute rather than wait; only these are moved to workers. */
  readonly cpuModules?: readonly string[];
  readonly kernel?: GraphKernel;
  /** Of the resources of the host; without it, claims are taken to hold nobody up. */
  readonly capacity?: Readonly<Record<string, number>>;
}

/** Proposes claims of resources, timeouts, concurrency, placement and weights from what the program was seen to take. */
export function proposeOptimisation(
  program: Program,
  profile: Profile,
  { slots, floorMs = 1000, cpuModules = [], kernel = createJsKernel(), capacity }: OptimiseOptions,
): OptimisationProposal {
  const present = new Forecast(program, profile, kernel, capacity);
  const claims = proposeClaims(program, profile, capacity);
  const forecast = new Forecast(changed(program, claims, 'to'), profile, kernel, capacity);
  const changes = [
    ...claims,
    ...proposeTimeouts(program, profile, floorMs),
    ...proposePlacement(program, profile, cpuModules),
    ...(profile.executions < runsMin ? [] : proposeConcurrency(program, forecast, slots)),
  ];
  const optimised = changed(program, changes, 'to');
  const presentMs = present.makespanMs(present.slotsOf(slots, program.limits?.concurrency), false);
  const expectedMakespanMs = forecast.makespanMs(forecast.slotsOf(slots, optimised.limits?.concurrency), true);
  return {
    fromDigest: programDigest(program),
    toDigest: programDigest(optimised),
    changes,
    weights: learnedWeights(program, profile),
    expectedGainMs: presentMs - expectedMakespanMs,
    expectedMakespanMs,
    program: optimised,
  };
}
