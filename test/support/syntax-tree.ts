import type { ESTree } from 'vite';

export type Node = ESTree.Node;

/** `a` of `a.b[0].c`. */
export function rootOf(node: Node): string | undefined {
  if (node.type === 'MemberExpression') return rootOf(node.object);
  return node.type === 'Identifier' ? node.name : undefined;
}

/** `a.c` of `a.b.c`: the first and the last name. */
export function memberName(node: Node): string | undefined {
  if (node.type !== 'MemberExpression' || node.computed || node.property.type !== 'Identifier') return undefined;
  const root = rootOf(node.object);
  return root === undefined ? undefined : `${root}.${node.property.name}`;
}

/** Visits a node and all below it, in the order of the text. */
export function walk(node: Node, visit: (node: Node, parent: Node | undefined) => unknown, parent?: Node): void {
  visit(node, parent);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, visit, node);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
