import type { Program, ProgramNode } from '../program.ts';
import { outputReferences, programGraph, withoutNodes } from './program-graph.ts';

/**
 * Leaves out the nodes whose work nobody asks for: those that no output needs, through data or order edges. Nodes that are
 * there for what goes wrong (trigger `failure` or `always`, `compensate`) stay, with everything they depend on. A program
 * that declares no outputs gives those of all its sinks, so that all its nodes are needed.
 */
export function removeDeadNodes(program: Program): { readonly program: Program; readonly removed: readonly string[] } {
  if (program.outputs === undefined) return { program, removed: [] };
  const { dependencies } = programGraph(program);
  const needed = new Set<string>();
  const open = Object.keys(program.outputs).flatMap((output) => [...outputReferences(program, output)]);
  for (const [id, node] of Object.entries(program.nodes)) if (staysAnyway(node)) open.push(id);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (needed.has(id)) continue;
    needed.add(id);
    open.push(...(dependencies.get(id) ?? []));
  }
  const removed = Object.keys(program.nodes).filter((id) => !needed.has(id));
  // Outputs made of inputs only need no node at all, but a program needs one.
  if (removed.length === 0 || needed.size === 0) return { program, removed: [] };
  return { program: withoutNodes(program, new Set(removed)), removed };
}

function staysAnyway({ trigger = 'success', compensate }: ProgramNode): boolean {
  return trigger !== 'success' || compensate !== undefined;
}
