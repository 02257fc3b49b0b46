import { HeddleError } from '../errors.ts';
import { createJsKernel } from '../kernel/js-kernel.ts';
import type { GraphKernel } from '../kernel/kernel.ts';
import { programDigest } from '../program/digest.ts';
import type { Program } from '../program/program.ts';
import { type Change, withSettings } from './optimise/change.ts';
import { proposeClaims } from './optimise/claims.ts';
import { proposeConcurrency } from './optimise/concurrency.ts';
import { Forecast } from './optimise/forecast.ts';
import { proposePlacement } from './optimise/placement.ts';
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

/** What a profile says a program should be like. JSON-safe; nothing is changed until it is applied. */
export interface OptimisationProposal {
  /** Digests of the program it was made for, and of the one it makes. */
  readonly fromDigest: string;
  readonly toDigest: string;
  readonly changes: readonly Change[];
  /** Expected ms by node, for the plan: they decide what goes first. */
  readonly weights: { readonly [node: string]: number };
  /**
   * What the present program is foretold to take without these weights, less what the new one is with them. A little below
   * 0 where nothing is won but slots for others.
   */
  readonly expectedGainMs: number;
  readonly expectedMakespanMs: number;
  /** With the changes made. */
  readonly program: Program;
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

/** The program with the proposal's changes. @throws CONFLICT when the proposal was made for another program */
export function applyProposal(
  program: Program,
  proposal: Pick<OptimisationProposal, 'fromDigest' | 'changes'>,
): Program {
  checkDigest(program, proposal.fromDigest);
  return changed(program, proposal.changes, 'to');
}

/** The program as it was before `applyProposal`. @throws CONFLICT when it is not the one that gave */
export function revertProposal(
  program: Program,
  proposal: Pick<OptimisationProposal, 'toDigest' | 'changes'>,
): Program {
  checkDigest(program, proposal.toDigest);
  return changed(program, proposal.changes.toReversed(), 'from');
}

function changed(program: Program, changes: readonly Change[], side: 'from' | 'to'): Program {
  return withSettings(
    program,
    changes.map((change) => [change.path, change[side]] as const),
  );
}

function checkDigest(program: Program, digest: string): void {
  const actual = programDigest(program);
  if (actual === digest) return;
  throw new HeddleError({
    code: 'CONFLICT',
    message: `the proposal fits a program of digest ${digest}, and this one has ${actual}`,
    hint: 'make a new proposal for the program as it is now',
  });
}

/** Mean time of every node that was seen to run, from its first start to its end. */
export function learnedWeights(program: Program, { nodes }: Profile): OptimisationProposal['weights'] {
  const known = Object.keys(program.nodes).filter((id) => Object.hasOwn(nodes, id) && (nodes[id]?.runs ?? 0) > 0);
  return Object.fromEntries(known.map((id) => [id, nodes[id]?.spanMeanMs ?? 0]));
}
