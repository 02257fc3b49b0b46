import type { ExecutionEvent, ExecutionResult, ExecutionUpdate } from '../../host/view/execution-view.ts';
import { type PackedEvents, packEvents, unpackEvents } from './packed-events.ts';

/** A result whose timeline is in columns. Hardly anybody reads that, and to clone its events takes a page longer than all the rest. */
export interface PackedResult extends Omit<ExecutionResult, 'timeline'> {
  readonly packedTimeline: PackedEvents;
}

export interface PackedUpdate extends Omit<ExecutionUpdate, 'events'> {
  readonly packedEvents: PackedEvents;
}

/** Fewer events are sent as they are. */
const eventsMin = 500;

export function packResult(result: ExecutionResult): ExecutionResult | PackedResult {
  const { timeline, ...rest } = result;
  return timeline.length < eventsMin ? result : { ...rest, packedTimeline: packEvents(timeline) };
}

/** What was sent; its timeline is unpacked when it is read. */
export function unpackResult(sent: ExecutionResult | PackedResult): ExecutionResult {
  if (!('packedTimeline' in sent)) return sent;
  const { packedTimeline, ...rest } = sent;
  let timeline: readonly ExecutionEvent[] | undefined;
  return {
    ...rest,
    get timeline() {
      timeline ??= unpackEvents(packedTimeline);
      return timeline;
    },
  };
}

export function packUpdate(update: ExecutionUpdate): ExecutionUpdate | PackedUpdate {
  const { events, ...rest } = update;
  return events.length < eventsMin ? update : { ...rest, packedEvents: packEvents(events) };
}

export function unpackUpdate(sent: ExecutionUpdate | PackedUpdate): ExecutionUpdate {
  if (!('packedEvents' in sent)) return sent;
  const { packedEvents, ...rest } = sent;
  return { ...rest, events: unpackEvents(packedEvents) };
}
