import { compileTemplate } from '../program/template.ts';
import type { PlanGraph } from './plan-graph.ts';

/**
 * Which nodes the declared outputs need, directly or through others; 1 by node index. Without declared outputs every node is
 * needed. Nodes that clean up (trigger `failure` or `always`) are needed when everything they follow is.
 */
export function neededNodes(plan: PlanGraph): Uint8Array {
  const { program, nodes, indexOf, dependencies, order } = plan;
  const needed = new Uint8Array(nodes.length);
  if (program.outputs === undefined) return needed.fill(1);
  for (const id of compileTemplate(program.outputs, 'outputs').references.nodes) needed[indexOf.get(id) ?? 0] = 1;
  for (let position = order.length - 1; position >= 0; position--) {
    const node = order[position] ?? 0;
    if (needed[node] === 1) for (const dependency of dependencies[node] ?? []) needed[dependency] = 1;
  }
  for (const node of order) {
    const before = dependencies[node] ?? [];
    const cleansUp = nodes[node]?.trigger !== 'success' && before.length > 0;
    if (cleansUp && before.every((dependency) => needed[dependency] === 1)) needed[node] = 1;
  }
  return needed;
}
