import type { Program } from '../../program/program.ts';
import type { Change } from './change.ts';

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
