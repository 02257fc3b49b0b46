import type { Segment } from '../model/segment.ts';
import { taskStates } from '../states/vocabulary.ts';
import { formatMs } from './time-scale.ts';
import { lanesHeight, measures, type TimelineScene } from './timeline-painter.ts';
import { usageHeight } from './usage-painter.ts';
import { tellUsage } from './usage-rows.ts';

const kinds = { queue: 'in the queue', run: 'ran', retry: 'waited for its next attempt', wait: 'waited' } as const;

/** What lies under the pointer, in words. */
export function describeAt(
  scene: TimelineScene,
  y: number,
  ms: number,
  head: number,
  slack: ReadonlyMap<string, number> | undefined,
): string | undefined {
  const { rows, runs, nowMs, scrollTop } = scene;
  const below = y - lanesHeight(scene);
  const use = below < 0 ? undefined : scene.usage[Math.floor(below / usageHeight)];
  if (use !== undefined) return tellUsage(use, Math.min(nowMs, Math.max(0, ms)));
  const covers = ({ startMs, endMs }: Segment): boolean => startMs <= ms && ms <= (endMs ?? nowMs);
  const inLanes = below < 0;
  const segment = inLanes
    ? runs.find((run) => run.lane === Math.floor(y / measures.lane) && covers(run))
    : rows[Math.floor((y - head + scrollTop) / measures.row)]?.segments.findLast(covers);
  if (segment === undefined) return undefined;
  const { taskId, nodeId, kind, startMs, endMs, state, attempt } = segment;
  const left = slack?.get(nodeId);
  const parts = [
    attempt === undefined ? taskId : `${taskId}, attempt ${attempt}`,
    `${kinds[kind]} for ${formatMs((endMs ?? nowMs) - startMs)} from ${formatMs(startMs)} on`,
    kind === 'run' ? taskStates[state].word : '',
    left === undefined ? '' : left < 1 ? `${nodeId} is critical: no slack` : `slack of ${nodeId}: ${formatMs(left)}`,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}
