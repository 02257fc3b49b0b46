import type { Usage } from '../engine/usage.ts';
import type { ExecutionRecord, TalliedExecution } from './execution-record.ts';
import type { NodeRecord } from './node-record.ts';

/**
 * An {@link ExecutionRecord} as it is stored: the figures of its nodes in columns. A record is written at the end of every execution, and
 * a thousand nodes as objects take longer to encode than some of them to run.
 */
export interface PackedRecord extends Omit<ExecutionRecord, 'nodes'> {
  readonly nodeIds: readonly string[];
  /** `columns.length` numbers for each node; NaN where a figure is absent. */
  readonly figures: Numbers;
  /** Of all nodes, one after the other. */
  readonly samples: Numbers;
  readonly usage?: { readonly [id: string]: Usage };
}

type Numbers = Uint8Array | Uint16Array | Float32Array | Float64Array;

const columns = [
  ...['runs', 'attempts', 'failures', 'measured', 'totalMs', 'maxMs', 'queued', 'queuedMs'],
  ...['spanMs', 'outputBytes', 'samples'],
].length;
const spanColumn = 8;

export function packRecord({ nodes, ...record }: TalliedExecution): PackedRecord {
  const samples: number[] = [];
  const usage: [string, Usage][] = [];
  for (const [id, node] of nodes) {
    for (const sample of node.samples) samples.push(sample);
    if (node.usage !== undefined) usage.push([id, node.usage]);
  }
  return {
    ...record,
    nodeIds: nodes.map(([id]) => id),
    figures: narrowest(nodes.length * columns, (figures) => nodes.every(([, node], at) => fits(figures, at, node))),
    samples: narrowest(samples.length, (kept) => samples.every((sample, at) => isKept(kept, at, sample))),
    ...(usage.length > 0 && { usage: Object.fromEntries(usage) }),
  };
}

/** In as few bytes as hold the same numbers: of brief tasks that ran once each takes one, whole ms below 2^24 take four at the most. */
function narrowest(length: number, fill: (numbers: Numbers) => boolean): Numbers {
  for (const Narrow of [Uint8Array, Uint16Array, Float32Array]) {
    const numbers = new Narrow(length);
    if (fill(numbers)) return numbers;
  }
  const numbers = new Float64Array(length);
  fill(numbers);
  return numbers;
}

/** Fills in the figures of a node. @returns whether they are what they were */
function fits(figures: Numbers, index: number, node: NodeRecord): boolean {
  const { runs, attempts, failures, measured, totalMs, maxMs, queued, queuedMs } = node;
  const { spanMs = Number.NaN, outputBytes = Number.NaN, samples } = node;
  const at = index * columns;
  return (
    isKept(figures, at, runs) &&
    isKept(figures, at + 1, attempts) &&
    isKept(figures, at + 2, failures) &&
    isKept(figures, at + 3, measured) &&
    isKept(figures, at + 4, totalMs) &&
    isKept(figures, at + 5, maxMs) &&
    isKept(figures, at + 6, queued) &&
    isKept(figures, at + 7, queuedMs) &&
    isKept(figures, at + spanColumn, spanMs) &&
    isKept(figures, at + 9, outputBytes) &&
    isKept(figures, at + 10, samples.length)
  );
}

function isKept(numbers: Numbers, at: number, number: number): boolean {
  numbers[at] = number;
  const kept = numbers[at] as number;
  return kept === number || (Number.isNaN(kept) && Number.isNaN(number));
}

/**
 * Mean time of every node that was seen to run, from its first start to its end, read off the columns: what weights are learnt from.
 * The same as the profile of these records says.
 */
export function spanMeans(
  records: readonly (Pick<PackedRecord, 'nodeIds' | 'figures'> | Pick<ExecutionRecord, 'nodes'>)[],
): ReadonlyMap<string, number> {
  const sums = new Map<string, SpanSum>();
  for (const record of records) {
    if (!('nodeIds' in record)) {
      for (const [id, { runs, spanMs }] of Object.entries(record.nodes)) addSpan(sums, id, runs, spanMs ?? Number.NaN);
      continue;
    }
    const { nodeIds, figures } = record;
    for (let index = 0; index < nodeIds.length; index++) {
      const at = index * columns;
      addSpan(sums, nodeIds[index] as string, figures[at] as number, figures[at + spanColumn] as number);
    }
  }
  const means = new Map<string, number>();
  for (const [id, { runs, spans, totalMs }] of sums) if (runs > 0) means.set(id, spans > 0 ? totalMs / spans : 0);
  return means;
}

interface SpanSum {
  runs: number;
  spans: number;
  totalMs: number;
}

/** @param spanMs NaN where the node did not end */
function addSpan(sums: Map<string, SpanSum>, id: string, runs: number, spanMs: number): void {
  let sum = sums.get(id);
  if (sum === undefined) {
    sum = { runs: 0, spans: 0, totalMs: 0 };
    sums.set(id, sum);
  }
  sum.runs += runs;
  if (Number.isNaN(spanMs)) return;
  sum.spans++;
  sum.totalMs += spanMs;
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
