import type { Findings } from '../findings.ts';
import type { Workplan, WorkplanFunction, WorkplanNode } from './document.ts';

/** A reference of a node to another, and where it stands. */
export interface WorkplanReference {
  readonly id: string;
  readonly path: string;
}

/** Everything a node depends on: arguments, what a closure captures, and what the functions it calls capture. */
export function referencesOf(node: WorkplanNode): readonly WorkplanReference[] {
  const named = (ids: readonly (readonly [string, string])[], path: string) =>
    ids.map(([name, id]) => ({ id, path: `${path}.${name}` }));
  if (node.type === 'constant') return [];
  if (node.type === 'operation')
    return [
      ...node.args.map((id, index) => ({ id, path: `${node.path}.arguments.${index}` })),
      ...named(node.kwargs, `${node.path}.arguments`),
    ];
  const ofFunction = ({ captures, functions, path }: WorkplanFunction): readonly WorkplanReference[] => [
    ...named(captures, `${path}.captures`),
    ...functions.flatMap(ofFunction),
  ];
  return [...named(node.captures, `${node.path}.attrs.capture_names`), ...node.functions.flatMap(ofFunction)];
}

/** The nodes that the roots need, themselves included, in the order of the file. Unknown ids go to `findings`. */
export function reach(
  { nodes }: Workplan,
  roots: readonly WorkplanReference[],
  findings: Findings,
): readonly WorkplanNode[] {
  const found = new Set<WorkplanNode>();
  const open = [...roots];
  for (let reference = open.pop(); reference !== undefined; reference = open.pop()) {
    const node = nodes.get(reference.id);
    if (node === undefined)
      findings.error({
        code: 'UNKNOWN_NODE',
        path: reference.path,
        message: `${reference.path} names ${reference.id.slice(0, 80)}, which is no node of the plan`,
      });
    else if (!found.has(node)) {
      found.add(node);
      open.push(...referencesOf(node));
    }
  }
  return [...nodes.values()].filter((node) => found.has(node));
}
