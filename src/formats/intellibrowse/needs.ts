import type { Findings } from '../findings.ts';
import type { GraphNode, GraphReference } from './document.ts';

/** The parents of every node, by id. */
export type Needs = ReadonlyMap<string, readonly string[]>;

/**
 * An edge counts when either end tells it. The children of a sequential group run one after the other by their `node_order`:
 * each also needs the one before it.
 */
export function graphNeeds(nodes: ReadonlyMap<string, GraphNode>, findings: Findings): Needs {
  const needs = new Map([...nodes.keys()].map((id) => [id, new Set<string>()]));
  const known = (of: GraphNode, { text, path }: GraphReference): boolean => {
    if (nodes.has(text) && text !== of.id) return true;
    findings.error(
      text === of.id
        ? { code: 'SELF_LOOP', path, message: `node ${JSON.stringify(of.id)} depends on itself` }
        : {
            code: 'UNKNOWN_NODE',
            path,
            message: `node ${JSON.stringify(of.id)} names ${JSON.stringify(text)}, which is no node of the graph`,
          },
    );
    return false;
  };
  for (const node of nodes.values()) {
    for (const parent of node.parents) if (known(node, parent)) needs.get(node.id)?.add(parent.text);
    for (const child of node.children) if (known(node, child)) needs.get(child.text)?.add(node.id);
  }
  for (const group of nodes.values()) {
    if (group.type !== 'sequential_group') continue;
    const children = [...nodes.values()].filter(({ id }) => needs.get(id)?.has(group.id) === true);
    children.sort((a, b) => a.order - b.order);
    children.forEach((child, index) => {
      const before = children[index - 1];
      if (before !== undefined) needs.get(child.id)?.add(before.id);
    });
  }
  return new Map([...needs].map(([id, parents]) => [id, [...parents]]));
}
