import type { PublishedFact } from '../engine/command.ts';
import type { Strategy } from '../program/program.ts';
import type { Value } from '../program/value.ts';
import { type HeldRecord, HeldTally } from './held-tally.ts';
import type { NodeRecord } from './node-record.ts';
import { NodeTally } from './node-tally.ts';

/** What an execution took, node by node: JSON-safe, small, and all that is kept of it for learning. Times are in ms. */
export interface ExecutionRecord {
  readonly executionId: string;
  readonly programName: string;
  readonly programDigest: string;
  readonly status: RecordStatus;
  /** By which it ran; absent in records from before strategies were kept. */
  readonly strategy?: Strategy;
  readonly startedAtMs: number;
  /** Of the last fact while the execution has not ended. */
  readonly endedAtMs: number;
  /** What its tasks held of resources, by type; absent when they held nothing. */
  readonly resources?: { readonly [type: string]: HeldRecord };
  /** By node id, in the order in which the nodes were first heard of. Nodes that did nothing are left out. */
  readonly nodes: { readonly [id: string]: NodeRecord };
}

export type RecordStatus = 'PENDING' | 'RUNNING' | 'PAUSED' | 'COMPLETED' | 'FAILED' | 'CANCELLED';

export interface RecordHeader {
  readonly executionId: string;
  readonly programName: string;
  readonly programDigest: string;
  readonly strategy?: Strategy;
  /** Of the resources of the host. */
  readonly capacity?: Readonly<Record<string, number>>;
}

const statusAfter: Readonly<Partial<Record<PublishedFact['type'], RecordStatus>>> = {
  EXECUTION_STARTED: 'RUNNING',
  EXECUTION_RESUMED: 'RUNNING',
  EXECUTION_PAUSED: 'PAUSED',
  EXECUTION_COMPLETED: 'COMPLETED',
  EXECUTION_FAILED: 'FAILED',
  EXECUTION_CANCELLED: 'CANCELLED',
};

/** An {@link ExecutionRecord} as it is counted: its nodes are not data yet. */
export interface TalliedExecution extends Omit<ExecutionRecord, 'nodes'> {
  readonly nodes: readonly (readonly [id: string, node: NodeRecord])[];
}

/**
 * Folds what an execution published into its record.
 *
 * @param facts all of them, from the first
 * @param sizeOf size in bytes of a value that was small enough to be journaled as it is; without it, such sizes stay unknown
 * @param ofNodes whether anything of them is to be counted
 */
export function tallyExecution(
  header: RecordHeader,
  facts: readonly PublishedFact[],
  sizeOf?: (value: Value) => number,
  ofNodes = true,
): TalliedExecution {
  const { executionId, programName, programDigest, strategy, capacity } = header;
  const held = new HeldTally();
  const tallies = new Map<string, NodeTally>();
  let status: RecordStatus = 'PENDING';
  let startedAtMs = facts[0]?.atMs ?? 0;
  for (let at = 0; at < facts.length; at++) {
    const fact = facts[at] as PublishedFact;
    held.take(fact);
    const { taskId } = fact;
    if (taskId === undefined) {
      status = statusAfter[fact.type] ?? status;
      if (fact.type === 'EXECUTION_STARTED') startedAtMs = fact.atMs;
      continue;
    }
    if (!ofNodes) continue;
    const node = nodeOf(taskId, tallies);
    let tally = tallies.get(node);
    if (tally === undefined) {
      tally = new NodeTally(sizeOf);
      tallies.set(node, tally);
    }
    tally.take(fact, taskId, node !== taskId);
  }
  const endedAtMs = facts.at(-1)?.atMs ?? startedAtMs;
  const resources = held.record(endedAtMs, capacity);
  return {
    executionId,
    programName,
    programDigest,
    status,
    ...(strategy !== undefined && { strategy }),
    startedAtMs,
    endedAtMs,
    ...(resources !== undefined && { resources }),
    nodes: [...tallies].filter(([, tally]) => !tally.isEmpty),
  };
}

const closingBracket = ']'.charCodeAt(0);

/**
 * The task `crop[3]` is an item of the node `crop` when that has been opened as a forEach node, which is told before any of
 * its items start; otherwise it is a node of that name.
 */
function nodeOf(taskId: string, tallies: ReadonlyMap<string, NodeTally>): string {
  // Every fact of every execution comes by here: a character is looked at in less time than an end is compared.
  if (taskId.charCodeAt(taskId.length - 1) !== closingBracket) return taskId;
  const node = taskId.slice(0, taskId.lastIndexOf('['));
  return tallies.get(node)?.isFannedOut ? node : taskId;
}
