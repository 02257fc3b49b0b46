import type { Event, JournalEntry } from '../../engine/event.ts';

/** An event as it goes into the journal. */
export function entryOf(event: Event, seq: number, atMs: number): JournalEntry {
  // Nearly every event is of this kind, and to copy any takes several times as long.
  if (event.type === 'AttemptSucceeded' && event.item === undefined && !event.undo) {
    const { type, node, attempt, epoch, output, bytes, cached } = event;
    if (bytes === undefined && cached === undefined) return { type, node, attempt, epoch, output, seq, atMs };
  }
  return { ...event, seq, atMs };
}
