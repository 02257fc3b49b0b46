import type { Inherited } from '../../engine/lineage.ts';
import type { Plan } from '../../plan/plan.ts';
import type { ArtifactStore } from '../../ports/artifact-store.ts';
import type { ValueRef } from '../../program/value.ts';
import type { Execution } from '../drive/execution.ts';

/**
 * Outputs of an execution that a new one may use; what `roots` reach is marked to run again. Artifacts are copied.
 * @param plan of the new one
 */
export async function inherited(
  artifacts: ArtifactStore,
  origin: Execution,
  plan: Plan,
  roots: ReadonlySet<string>,
  id: string,
): Promise<Inherited[]> {
  const again = new Uint8Array(plan.nodes.length);
  for (const index of plan.order) {
    const node = plan.nodes[index]?.id ?? '';
    const reached = (plan.dependencies[index] ?? []).some((dependency) => again[dependency] === 1);
    if (reached || roots.has(node)) again[index] = 1;
  }
  const found: Inherited[] = [];
  for (const { id: node, index } of plan.nodes) {
    const task = origin.state.tasks[origin.plan.indexOf.get(node) ?? -1];
    if (task?.status !== 'succeeded' || task.output === null) continue;
    await copyArtifacts(artifacts, task.output, origin.id, id);
    found.push({ node, output: task.output, again: again[index] === 1 });
  }
  return found;
}

async function copyArtifacts(artifacts: ArtifactStore, ref: ValueRef, from: string, to: string): Promise<void> {
  if ('list' in ref) {
    for (const part of ref.list) if (part !== null) await copyArtifacts(artifacts, part, from, to);
  } else if ('digest' in ref) {
    const bytes = await artifacts.get(from, ref.digest);
    if (bytes !== undefined) await artifacts.put(to, ref.digest, bytes);
  }
}
