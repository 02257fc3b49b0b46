import { FactList } from '../shell/fact-list.tsx';
import type { LoadedProgram } from '../studio/load-program.ts';

const idsMax = 12;

/** What the kernel made of it. */
export function PlanSummary({ loaded: { plan } }: { readonly loaded: LoadedProgram }) {
  if (plan === null) return <p class="quiet">There is no plan while there are errors.</p>;
  const { nodes, depth, weights, strategy, dependencies, levels } = plan;
  const edges = dependencies.reduce((sum, { length }) => sum + length, 0);
  const widths = new Uint32Array(depth);
  for (const level of levels) widths[level] = (widths[level] ?? 0) + 1;
  const path = Array.from(weights.path, (node) => nodes[node]?.id ?? '');
  const shown = path.length > idsMax ? [...path.slice(0, idsMax), `… ${path.length - idsMax} more`] : path;
  const facts: readonly (readonly [string, string])[] = [
    ['Nodes', String(nodes.length)],
    ['Edges', String(edges)],
    ['Levels', `${depth}, the widest of ${Math.max(0, ...widths)}`],
    ['Critical path', shown.join(' → ')],
    ['Strategy', `${strategy.strategy}: ${strategy.reason}`],
  ];
  return <FactList name="plan" facts={facts} />;
}
