import type { Plan } from '../../src/plan/plan.ts';
import type { Session } from '../studio/session.ts';
import type { ExecutionModel } from './execution-model.ts';

/** When a node was begun with, and when it was over, as far as it is known. */
interface Times {
  readonly startMs: number;
  readonly endMs: number;
}

/** First start and last end of each node, over all its items and attempts. */
function nodeTimes({ segments, nowMs }: ExecutionModel): ReadonlyMap<string, Times> {
  const times = new Map<string, Times>();
  for (const { nodeId, taskId, startMs, endMs } of segments) {
    if (taskId.startsWith('compensate(')) continue;
    const known = times.get(nodeId);
    times.set(nodeId, {
      startMs: Math.min(known?.startMs ?? startMs, startMs),
      endMs: Math.max(known?.endMs ?? 0, endMs ?? nowMs),
    });
  }
  return times;
}

/**
 * The nodes that held the end back: from the one that ended last to the dependency of each that ended last. Before anything
 * has ended, the longest path of the plan.
 * @returns each with its place on the path
 */
export function criticalOf({ plan, model }: Pick<Session, 'plan' | 'model'>): ReadonlyMap<number, number> {
  if (plan === null) return new Map();
  if (!model.ended) return new Map(Array.from(plan.weights.path, (node, place) => [node, place]));
  const times = nodeTimes(model);
  const endOf = (node: number): number => times.get(plan.nodes[node]?.id ?? '')?.endMs ?? -1;
  const latest = (nodes: Iterable<number>): number => {
    let best = -1;
    for (const node of nodes) if (endOf(node) >= 0 && (best < 0 || endOf(node) > endOf(best))) best = node;
    return best;
  };
  const critical = new Map<number, number>();
  for (let node = latest(plan.order); node >= 0; node = latest(plan.dependencies[node] ?? []))
    critical.set(node, -critical.size);
  return critical;
}

/** By how much each node could have ended later without delaying the end, in ms. */
export function slackOf(plan: Plan, model: ExecutionModel): ReadonlyMap<string, number> {
  const times = nodeTimes(model);
  const end = Math.max(0, ...[...times.values()].map(({ endMs }) => endMs));
  const latestEnd = new Float64Array(plan.nodes.length).fill(end);
  for (let position = plan.order.length - 1; position >= 0; position--) {
    const node = plan.order[position] ?? 0;
    const known = times.get(plan.nodes[node]?.id ?? '');
    const latestStart = (latestEnd[node] ?? end) - (known === undefined ? 0 : known.endMs - known.startMs);
    for (const dependency of plan.dependencies[node] ?? [])
      latestEnd[dependency] = Math.min(latestEnd[dependency] ?? end, latestStart);
  }
  return new Map(
    plan.nodes.flatMap(({ id, index }) => {
      const known = times.get(id);
      return known === undefined ? [] : [[id, Math.max(0, (latestEnd[index] ?? end) - known.endMs)] as const];
    }),
  );
}
