import type { ValueRef } from '../program/value.ts';

/** Where an execution comes from that does not begin from nothing. */
export interface Fork {
  readonly executionId: string;
  /** Nodes that run again in any case. */
  readonly from: readonly string[];
  /** The inputs are others than before. */
  readonly inputsChanged: boolean;
  readonly inherited: readonly Inherited[];
}

/** What an execution takes over from the one it was forked from. */
export interface Inherited {
  readonly node: string;
  readonly output: ValueRef;
  /** The node runs again all the same, unless what it depends on turns out as before. */
  readonly again: boolean;
}

/** The task of another execution that runs this one as its sub-program. */
export interface ParentRef {
  readonly executionId: string;
  readonly taskId: string;
  /** 1 for a sub-program of an execution that is none itself. */
  readonly depth: number;
}
