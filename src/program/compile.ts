import { findChains } from './compile/chains.ts';
import { type Merge, mergeCommonNodes } from './compile/common-nodes.ts';
import { removeDeadNodes } from './compile/dead-nodes.ts';
import type { Program } from './program.ts';

export interface CompileOptions {
  /** Leave out nodes that no output needs. They would have run, and might have failed: so only on request. */
  readonly lazy?: boolean;
}

export interface CompileReport {
  /** Nodes that no output needs. */
  readonly removed: readonly string[];
  /** Pure nodes that did the same as another one. */
  readonly merged: readonly Merge[];
  /** Runs of nodes that hand on to each other alone, of the compiled program. */
  readonly chains: readonly (readonly string[])[];
}

/**
 * A program that gives the same outputs with less work. The very same object comes back when nothing can be saved.
 *
 * @param program valid
 */
export function compileProgram(
  program: Program,
  { lazy = false }: CompileOptions = {},
): { readonly program: Program; readonly report: CompileReport } {
  const alive = lazy ? removeDeadNodes(program) : { program, removed: [] };
  const distinct = mergeCommonNodes(alive.program);
  const report = { removed: alive.removed, merged: distinct.merged, chains: findChains(distinct.program) };
  return { program: distinct.program, report };
}
