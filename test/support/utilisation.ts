import type { Segment } from '../../web/model/segment.ts';

/** How well workers were used while there was work for all of them. */
export interface Utilisation {
  /** Time in which attempts ran or stood in the queue, enough for every worker, in ms. */
  readonly busyMs: number;
  /** Share of that time that the workers ran attempts, 0 to 1; 1 when there was no such time. */
  readonly share: number;
}

/** From the timeline alone: queue and run segments over their common axis. */
export function utilisationOf(segments: readonly Segment[], workers: number, nowMs: number): Utilisation {
  const changes: { readonly atMs: number; readonly running: number; readonly ready: number }[] = [];
  for (const { kind, startMs, endMs } of segments) {
    const [running, ready] = [kind === 'run' ? 1 : 0, kind === 'queue' ? 1 : 0];
    if (running + ready === 0) continue;
    changes.push({ atMs: startMs, running, ready }, { atMs: endMs ?? nowMs, running: -running, ready: -ready });
  }
  changes.sort((a, b) => a.atMs - b.atMs);
  let [running, ready, sinceMs, busyMs, usedMs] = [0, 0, 0, 0, 0];
  for (const change of changes) {
    if (running + ready >= workers) {
      busyMs += change.atMs - sinceMs;
      usedMs += (change.atMs - sinceMs) * (Math.min(running, workers) / workers);
    }
    running += change.running;
    ready += change.ready;
    sinceMs = change.atMs;
  }
  return { busyMs, share: busyMs === 0 ? 1 : usedMs / busyMs };
}
