import { canonicalText } from '../program/canonical-text.ts';
import { programEdges } from '../program/edges.ts';
import type { Program } from '../program/program.ts';

export interface ProgramDiff {
  /** Nodes of the new program that are new or not what they were. */
  readonly changed: ReadonlySet<string>;
  /** Why a node of the old program is not valid any more; absent: it is. */
  readonly reasons: ReadonlyMap<string, string>;
}

/**
 * What a change of a program means for tasks that have finished: one stays valid when its node is as it was and everything
 * before it is. Policies that only matter while a task runs (retry, timeouts, priority, placement) may change freely.
 */
export function diffPrograms(before: Program, after: Program): ProgramDiff {
  const changed = new Set(
    Object.keys(after.nodes).filter(
      (id) => essence(before, id) === undefined || essence(before, id) !== essence(after, id),
    ),
  );
  const reasons = new Map<string, string>();
  const dependents = dependentsOf(before);
  const spread = (id: string, reason: string): void => {
    const open: [string, string][] = [[id, reason]];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const [node, why] = next;
      if (reasons.has(node)) continue;
      reasons.set(node, why);
      for (const dependent of dependents.get(node) ?? []) open.push([dependent, `depends on ${node}, which ${why}`]);
    }
  };
  for (const id of Object.keys(before.nodes)) {
    if (!Object.hasOwn(after.nodes, id)) spread(id, 'is gone');
    else if (changed.has(id)) spread(id, 'has changed');
  }
  return { changed, reasons };
}

/** What of a node its output depends on. */
function essence(program: Program, id: string): string | undefined {
  if (!Object.hasOwn(program.nodes, id)) return undefined;
  const {
    retry,
    timeoutMs,
    idleTimeoutMs,
    priority,
    runOn,
    summary,
    breaker,
    bulkhead,
    rateLimit,
    resources,
    ...rest
  } = program.nodes[id] ?? {};
  return canonicalText(rest);
}

function dependentsOf(program: Program): ReadonlyMap<string, readonly string[]> {
  const ids = Object.keys(program.nodes);
  const dependents = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const { from, to } of programEdges(program)) dependents.get(ids[from] ?? '')?.push(ids[to] ?? '');
  return dependents;
}
