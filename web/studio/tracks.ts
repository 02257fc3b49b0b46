import type { ExecutionModel } from '../model/execution-model.ts';
import type { Segment } from '../model/segment.ts';

/** More would slow the panel down, not tell more. */
const spansMax = 2000;
const colours: Readonly<Partial<Record<Segment['state'], string>>> = {
  failed: 'error',
  cancelled: 'warning',
  restored: 'tertiary',
  cached: 'secondary-light',
};

/**
 * The attempts as tracks of the Performance panel of Chrome DevTools, one for each worker lane, so that they stand beside what
 * the browser did meanwhile ("extensibility API", custom tracks). Spans of before the page was loaded are left out.
 */
export function showTracks({ segments, startedAtMs }: ExecutionModel): void {
  const runs = segments.filter(({ kind, endMs }) => kind === 'run' && endMs !== null);
  for (const { taskId, attempt = 1, lane = 0, startMs, endMs, state } of runs.slice(-spansMax)) {
    const start = startedAtMs + startMs - performance.timeOrigin;
    if (start < 0 || endMs === null) continue;
    const devtools = {
      dataType: 'track-entry',
      trackGroup: 'Heddle',
      track: `Worker ${lane + 1}`,
      color: colours[state] ?? 'primary',
      tooltipText: `${taskId}, attempt ${attempt}: ${state}`,
    };
    performance.measure(taskId, { start, end: start + endMs - startMs, detail: { devtools } });
    performance.clearMeasures(taskId);
  }
}
