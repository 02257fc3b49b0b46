import { childId } from '../run/children.ts';
import type { Execution } from './execution.ts';

/** Ids that the sub-programs of an execution may have, by what it has started. */
export async function childrenOf(execution: Execution): Promise<readonly string[]> {
  const { id, plan, state } = execution;
  const programs = new Set(plan.nodes.filter(({ kind }) => kind === 'program').map((node) => node.id));
  if (programs.size === 0) return [];
  const ids = new Set<string>();
  for (const { type, taskId = '', attempt = 0 } of await execution.facts()) {
    if (type !== 'TASK_STARTED' || !programs.has(taskId.replace(/\[\d+\]$/, ''))) continue;
    const iterations = plan.nodes[plan.indexOf.get(taskId.replace(/\[\d+\]$/, '')) ?? 0]?.iterationsMax ?? 1;
    for (let generation = 0; generation <= state.generation; generation++)
      for (let iteration = 0; iteration < Math.min(iterations, attempt); iteration++)
        for (let tries = 1; tries <= attempt; tries++) ids.add(childId(id, taskId, generation, iteration, tries));
  }
  return [...ids];
}
