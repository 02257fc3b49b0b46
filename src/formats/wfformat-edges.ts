import type { Findings } from './findings.ts';
import type { WfReference, WfTask } from './wfformat-document.ts';

/** Parents by child, each in the order they are told. */
type Parents = Map<string, Set<string>>;

/**
 * The parents of every task. An edge told at one end only counts all the same: before 1.5 that was the rule, and since then
 * leaving it out would run a task too early, which is the worse mistake.
 */
export function wfEdges(tasks: readonly WfTask[], findings: Findings): ReadonlyMap<string, ReadonlySet<string>> {
  const ids = new Set<string>();
  for (const { id, path } of tasks) {
    if (ids.has(id))
      findings.error({
        code: 'DUPLICATE_ID',
        path: `${path}.id`,
        message: `two tasks have the id ${JSON.stringify(id)}`,
      });
    ids.add(id);
  }
  const byName = new Map(tasks.map(({ name, id }) => [name, id]));
  const resolve = (task: WfTask, key: 'parents' | 'children', { to, path }: WfReference): string | undefined => {
    const id = ids.has(to) ? to : byName.get(to);
    if (id !== undefined && id !== task.id) return id;
    const told = `${key} of task ${JSON.stringify(task.id)}`;
    if (id === undefined)
      findings.error({
        code: 'UNKNOWN_NODE',
        path,
        message: `${told} name ${JSON.stringify(to)}, which is no task of the file`,
      });
    else findings.error({ code: 'SELF_LOOP', path, message: `${told} name the task itself` });
    return undefined;
  };
  const byParents: Parents = new Map(tasks.map(({ id }) => [id, new Set()]));
  const byChildren: Parents = new Map(tasks.map(({ id }) => [id, new Set()]));
  for (const task of tasks) {
    for (const reference of task.parents) {
      const parent = resolve(task, 'parents', reference);
      if (parent !== undefined) byParents.get(task.id)?.add(parent);
    }
    for (const reference of task.children) {
      const child = resolve(task, 'children', reference);
      if (child !== undefined) byChildren.get(child)?.add(task.id);
    }
  }
  warnOneSided(byParents, byChildren, findings);
  return new Map(tasks.map(({ id }) => [id, new Set([...(byParents.get(id) ?? []), ...(byChildren.get(id) ?? [])])]));
}

/** Tells of edges that one end does not know, unless the file tells all its edges at one end. */
function warnOneSided(byParents: Parents, byChildren: Parents, findings: Findings): void {
  const isEmpty = (edges: Parents) => [...edges.values()].every((parents) => parents.size === 0);
  if (isEmpty(byParents) || isEmpty(byChildren)) return;
  const warn = (told: Parents, other: Parents, key: 'children' | 'parents') => {
    for (const [child, parents] of told) {
      for (const parent of parents) {
        if (other.get(child)?.has(parent)) continue;
        const [owner, missing] = key === 'children' ? [parent, child] : [child, parent];
        findings.warn({
          code: 'BAD_SCHEMA',
          message: `the edge from ${JSON.stringify(parent)} to ${JSON.stringify(child)} counts, although ${key} of task ${JSON.stringify(owner)} lack ${JSON.stringify(missing)}`,
        });
      }
    }
  };
  warn(byParents, byChildren, 'children');
  warn(byChildren, byParents, 'parents');
}
