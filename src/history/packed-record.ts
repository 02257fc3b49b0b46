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

export function packRecord({ nodes, ...record }: TalliedExecution | ExecutionRecord): PackedRecord {
  const named: readonly (readonly [id: string, node: NodeRecord])[] = isList(nodes) ? nodes : Object.entries(nodes);
  const nodeIds: string[] = [];
  const figures = new Float64Array(named.length * columns);
  const samples: number[] = [];
  const usage: [string, Usage][] = [];
  let at = 0;
  for (const [id, node] of named) {
    nodeIds.push(id);
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
    const kept = node.samples;
    figures[at + 10] = kept.length;
    for (const sample of kept) samples.push(sample);
    if (node.usage !== undefined) usage.push([id, node.usage]);
    at += columns;
  }
  return {
    ...record,
    ...{ nodeIds, figures: narrowed(figures), samples: narrowed(new Float64Array(samples)) },
    ...(usage.length > 0 && { usage: Object.fromEntries(usage) }),
  };
}

/**
 * In as few bytes as hold the same numbers: brief tasks that ran once take one each, whole ms below 2^24 four at the most. They are never
 * negative, so neither is a zero. In loops, as V8 converts typed arrays into one another several times more slowly.
 */
function narrowed(numbers: Float64Array): Numbers {
  let most = 0;
  for (let at = 0; at < numbers.length; at++) {
    const number = numbers[at] as number;
    if (number >>> 0 !== number) return narrowedFloats(numbers);
    if (number > most) most = number;
  }
  if (most >= 2 ** 16) return narrowedFloats(numbers);
  const narrow = most < 2 ** 8 ? new Uint8Array(numbers.length) : new Uint16Array(numbers.length);
  for (let at = 0; at < numbers.length; at++) narrow[at] = numbers[at] as number;
  return narrow;
}

function narrowedFloats(numbers: Float64Array): Numbers {
  const narrow = new Float32Array(numbers);
  for (let at = 0; at < numbers.length; at++) if (!Object.is(narrow[at], numbers[at])) return numbers;
  return narrow;
}

function isList(nodes: TalliedExecution['nodes'] | ExecutionRecord['nodes']): nodes is TalliedExecution['nodes'] {
  return Array.isArray(nodes);
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
