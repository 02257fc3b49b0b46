import type { Program } from '../program.ts';
import { programGraph } from './program-graph.ts';

/**
 * Maximal runs of two and more nodes of which each has the one before it as its only dependency and is its only dependent.
 * What one makes is used by the next alone, so that a host does well to keep them on one worker.
 */
export function findChains(program: Program): readonly (readonly string[])[] {
  const { order, dependencies, dependents } = programGraph(program);
  const nextOf = (id: string): string | undefined => {
    const [next, ...more] = dependents.get(id) ?? [];
    return next !== undefined && more.length === 0 && dependencies.get(next)?.size === 1 ? next : undefined;
  };
  const chained = new Set<string>();
  const chains: string[][] = [];
  for (const first of order) {
    if (chained.has(first)) continue;
    const chain: string[] = [];
    // In this order nothing comes before what it depends on, so that `first` is where its chain begins.
    for (let id: string | undefined = first; id !== undefined; id = nextOf(id)) chain.push(id);
    for (const id of chain) chained.add(id);
    if (chain.length > 1) chains.push(chain);
  }
  return chains;
}
