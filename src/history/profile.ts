import { addUsage, type Usage } from '../engine/usage.ts';
import type { ExecutionRecord } from './execution-record.ts';
import { type HeldProfile, heldProfile } from './held-profile.ts';
import type { NodeRecord } from './node-record.ts';
import { quantile, rising, type Weighted } from './quantile.ts';

/** How many records a history keeps. */
export const historyMax = 1000;

/** What a program is known to take, from the records of its executions. JSON-safe; times in ms, rates 0 to 1. */
export interface Profile {
  /** Executions that ended. */
  readonly executions: number;
  /** Completed ones among those that ended; 1 before any did. */
  readonly successRate: number;
  /** Of the completed executions, from start to end. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** What those that ended held of resources, by type; absent when none held any. */
  readonly resources?: { readonly [type: string]: HeldProfile };
  readonly nodes: { readonly [id: string]: NodeProfile };
}

export interface NodeProfile {
  /** Tasks that started, over all executions. */
  readonly runs: number;
  readonly attempts: number;
  /** Executions in which the node ran. */
  readonly executions: number;
  /** Of an attempt, as are the percentiles. */
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** Of the whole node, from its first start to its end: what its dependents wait for. */
  readonly spanMeanMs: number;
  /** Failed attempts over those that ended. */
  readonly failureRate: number;
  /** From ready to start; 0 where it is not known. */
  readonly queuedMeanMs: number;
  /** Of an output; absent where no size is known. */
  readonly bytesMean?: number;
  /** Per run, of the records that tell any; the peaks of resources are those of all. */
  readonly usageMean?: Omit<Usage, 'resources'>;
  readonly resourcePeaks?: { readonly [type: string]: number };
}

/** @param records of one program, oldest first; only the last `historyMax` count */
export function profileOf(records: readonly ExecutionRecord[]): Profile {
  const recent = records.slice(-historyMax);
  const ended = recent.filter(({ status }) => status === 'COMPLETED' || status === 'FAILED' || status === 'CANCELLED');
  const completed = ended.filter(({ status }) => status === 'COMPLETED');
  const durations = rising(
    completed.map(({ startedAtMs, endedAtMs }) => ({ value: endedAtMs - startedAtMs, weight: 1 })),
  );
  const held = heldProfile(ended);
  const byNode = grouped(recent.flatMap(({ nodes }) => Object.entries(nodes)));
  return {
    executions: ended.length,
    successRate: ended.length === 0 ? 1 : completed.length / ended.length,
    p50Ms: quantile(durations, 0.5),
    p95Ms: quantile(durations, 0.95),
    ...(held !== undefined && { resources: held }),
    nodes: Object.fromEntries(Array.from(byNode, ([id, nodes]) => [id, nodeProfile(nodes)])),
  };
}

function grouped<T>(pairs: readonly (readonly [string, T])[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const [key, value] of pairs) {
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}

function nodeProfile(records: readonly NodeRecord[]): NodeProfile {
  const sum = (of: (record: NodeRecord) => number): number => records.reduce((total, each) => total + of(each), 0);
  const measured = sum((each) => each.measured);
  const durations = rising(records.flatMap(weighted));
  const spans = records.flatMap(({ spanMs }) => (spanMs === undefined ? [] : [spanMs]));
  const sizes = records.flatMap(({ outputBytes }) => (outputBytes === undefined ? [] : [outputBytes]));
  return {
    runs: sum((each) => each.runs),
    attempts: sum((each) => each.attempts),
    executions: records.length,
    meanMs: ratio(
      sum((each) => each.totalMs),
      measured,
    ),
    p50Ms: quantile(durations, 0.5),
    p95Ms: quantile(durations, 0.95),
    p99Ms: quantile(durations, 0.99),
    spanMeanMs: mean(spans),
    failureRate: ratio(
      sum((each) => each.failures),
      measured,
    ),
    queuedMeanMs: ratio(
      sum((each) => each.queuedMs),
      sum((each) => each.queued),
    ),
    ...(sizes.length > 0 && { bytesMean: mean(sizes) }),
    ...usageProfile(records),
  };
}

function usageProfile(records: readonly NodeRecord[]): Pick<NodeProfile, 'usageMean' | 'resourcePeaks'> {
  const told = records.filter(({ usage }) => usage !== undefined);
  if (told.length === 0) return {};
  const runs = Math.max(
    1,
    told.reduce((sum, record) => sum + record.runs, 0),
  );
  const { resources, metrics, ...counts } = told.map(({ usage }) => usage ?? {}).reduce(addUsage);
  const perRun = (sums: object) => Object.fromEntries(Object.entries(sums).map(([key, sum]) => [key, sum / runs]));
  return {
    usageMean: { ...perRun(counts), ...(metrics !== undefined && { metrics: perRun(metrics) }) },
    ...(resources !== undefined && { resourcePeaks: resources }),
  };
}

/** A record with many attempts keeps only some of their durations; each then stands for several. */
function weighted({ samples, measured }: NodeRecord): readonly Weighted[] {
  return samples.map((value) => ({ value, weight: measured / samples.length }));
}

function mean(values: readonly number[]): number {
  return ratio(
    values.reduce((sum, value) => sum + value, 0),
    values.length,
  );
}

function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
