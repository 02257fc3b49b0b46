import { HeddleError } from '../../errors.ts';
import { programDigest } from '../../program/digest.ts';
import type { Program } from '../../program/program.ts';
import type { Profile } from '../profile.ts';
import { type Change, withSettings } from './change.ts';
import type { OptimisationProposal } from './proposal.ts';

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

/** The program with one side of these changes. */
export function changed(program: Program, changes: readonly Change[], side: 'from' | 'to'): Program {
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
