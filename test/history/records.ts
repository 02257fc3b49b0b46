import type { ExecutionRecord } from '../../src/history/execution-record.ts';
import type { NodeRecord } from '../../src/history/node-record.ts';

/** A record in which each node ran once, without failing, for so long. */
export function recordOf(
  durations: { readonly [id: string]: number },
  other: Partial<ExecutionRecord> = {},
): ExecutionRecord {
  const nodes = Object.entries(durations).map(([id, ms]) => [id, nodeRecord([ms])] as const);
  return {
    executionId: 'ex',
    programName: 'case',
    programDigest: 'd',
    status: 'COMPLETED',
    startedAtMs: 0,
    endedAtMs: Object.values(durations).reduce((sum, ms) => sum + ms, 0),
    nodes: Object.fromEntries(nodes),
    ...other,
  };
}

/** A node whose tasks took so long, side by side. */
export function nodeRecord(samples: readonly number[], other: Partial<NodeRecord> = {}): NodeRecord {
  return {
    runs: samples.length,
    attempts: samples.length,
    failures: 0,
    measured: samples.length,
    totalMs: samples.reduce((sum, ms) => sum + ms, 0),
    maxMs: Math.max(0, ...samples),
    samples,
    spanMs: Math.max(0, ...samples),
    queued: samples.length,
    queuedMs: 0,
    ...other,
  };
}
