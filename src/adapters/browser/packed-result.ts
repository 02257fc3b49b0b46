import type { ExecutionEvent, ExecutionResult } from '../../host/execution-view.ts';

/** A result whose timeline is one text: hardly anybody reads that, and to clone its events takes a page longer than all the rest. */
export interface PackedResult extends Omit<ExecutionResult, 'timeline'> {
  readonly packedTimeline: string;
}

/** Shorter timelines are sent as they are. */
const eventsMin = 500;

/** What is sent to another thread. Chunks of outputs may be bytes, which a text cannot hold: a timeline with any is sent as it is. */
export function packResult(result: ExecutionResult): ExecutionResult | PackedResult {
  const { timeline, ...rest } = result;
  if (timeline.length < eventsMin || timeline.some(({ type }) => type === 'TASK_OUTPUT')) return result;
  return { ...rest, packedTimeline: JSON.stringify(timeline) };
}

/** What was sent; its timeline is unpacked when it is read. */
export function unpackResult(sent: ExecutionResult | PackedResult): ExecutionResult {
  if (!('packedTimeline' in sent)) return sent;
  const { packedTimeline, ...rest } = sent;
  let timeline: readonly ExecutionEvent[] | undefined;
  return {
    ...rest,
    get timeline() {
      timeline ??= (JSON.parse(packedTimeline) as readonly ExecutionEvent[]).map((event) => ({
        ...event,
        timestamp: new Date(event.timestamp),
      }));
      return timeline;
    },
  };
}
