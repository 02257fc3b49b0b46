import type { Usage } from '../engine/usage.ts';
import type { ExecutionRecord, NodeRecord } from './execution-record.ts';

/**
 * An {@link ExecutionRecord} as it is stored: the figures of its nodes in columns. A record is written at the end of every execution, and
 * a thousand nodes as objects take longer to encode than some of them to run.
 */
export interface PackedRecord extends Omit<ExecutionRecord, 'nodes'> {
  readonly nodeIds: readonly string[];
  /** `columns.length` numbers for each node; NaN where a figure is absent. */
  readonly figures: Float64Array;
  /** Of all nodes, one after the other. */
  readonly samples: Float64Array;
  readonly usage?: { readonly [id: string]: Usage };
}

const columns = [
  ...['runs', 'attempts', 'failures', 'measured', 'totalMs', 'maxMs', 'queued', 'queuedMs'],
  ...['spanMs', 'outputBytes', 'samples'],
].length;

export function packRecord({ nodes, ...record }: ExecutionRecord): PackedRecord {
  const nodeIds = Object.keys(nodes);
  const figures = new Float64Array(nodeIds.length * columns);
  const samples: number[] = [];
  const usage: [string, Usage][] = [];
  let at = 0;
  for (const id of nodeIds) {
    const node = nodes[id] as NodeRecord;
    figures[at] = node.runs;
    figures[at + 1] = node.attempts;
    figures[at + 2] = node.failures;
    figures[at + 3] = node.measured;
    figures[at + 4] = node.totalMs;
    figures[at + 5] = node.maxMs;
    figures[at + 6] = node.queued;
    figures[at + 7] = node.queuedMs;
    figures[at + 8] = node.spanMs ?? Number.NaN;
    figures[at + 9] = node.outputBytes ?? Number.NaN;
    figures[at + 10] = node.samples.length;
    for (const sample of node.samples) samples.push(sample);
    if (node.usage !== undefined) usage.push([id, node.usage]);
    at += columns;
  }
  return {
    ...record,
    ...{ nodeIds, figures, samples: Float64Array.from(samples) },
    ...(usage.length > 0 && { usage: Object.fromEntries(usage) }),
  };
}

/** @param stored as it is packed now, or as records were stored before they were */
export function unpackRecord(stored: PackedRecord | ExecutionRecord): ExecutionRecord {
  if (!('nodeIds' in stored)) return stored;
  const { nodeIds, figures, samples, usage, ...record } = stored;
  let sampled = 0;
  const nodes = nodeIds.map((id, index) => {
    const of = figures.subarray(index * columns, (index + 1) * columns);
    const figure = (column: number): number => of[column] ?? 0;
    const [spanMs, outputBytes] = [figure(8), figure(9)];
    const used = usage !== undefined && Object.hasOwn(usage, id) ? usage[id] : undefined;
    const node: NodeRecord = {
      ...{ runs: figure(0), attempts: figure(1), failures: figure(2), measured: figure(3) },
      ...{ totalMs: figure(4), maxMs: figure(5), queued: figure(6), queuedMs: figure(7) },
      samples: [...samples.subarray(sampled, sampled + figure(10))],
      ...(!Number.isNaN(spanMs) && { spanMs }),
      ...(!Number.isNaN(outputBytes) && { outputBytes }),
      ...(used !== undefined && { usage: used }),
    };
    sampled += figure(10);
    return [id, node] as const;
  });
  return { ...record, nodes: Object.fromEntries(nodes) };
}
