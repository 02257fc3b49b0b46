import type { Segment } from '../model/segment.ts';
import { taskStates } from '../states/vocabulary.ts';
import { formatMs } from './time-scale.ts';
import { measures, type TimelineScene } from './timeline-painter.ts';

const kinds = { queue: 'in the queue', run: 'ran', retry: 'waited for its next attempt', wait: 'waited' } as const;

/** What lies under the pointer, in words. */
export function describeAt(
  { rows, runs, lanes, nowMs, scrollTop }: TimelineScene,
  y: number,
  ms: number,
  head: number,
  slack: ReadonlyMap<string, number> | undefined,
): string | undefined {
  const covers = ({ startMs, endMs }: Segment): boolean => startMs <= ms && ms <= (endMs ?? nowMs);
  const inLanes = y < lanes * measures.lane;
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
