import type { ErrorData } from '../errors.ts';
import type { RankSet } from '../kernel/rank-set.ts';
import type { Ranking } from '../plan/ranking.ts';
import type { ValueRef } from '../program/value.ts';
import type { Deadlines } from './deadlines.ts';
import type { ExecutionOptions } from './event.ts';

/**
 * Everything an execution is, as plain data behind one door (apply.ts). What can be computed from the rest lives under
 * `derived`, is never saved, and is rebuilt by derive.ts.
 */
export interface ExecutionState {
  executionId: string;
  programDigest: string;
  seed: number;
  options: ExecutionOptions;
  inputs: ValueRef;
  phase: Phase;
  /** Why the execution is winding down; the first cause stays. */
  verdict: Verdict | null;
  /** The end, once recorded. */
  finished: Finished | null;
  /** Raised by every restore, so that idempotency keys differ from those before it. */
  generation: number;
  /** The lease under which attempts now start. */
  epoch: number;
  /** Attempts the current host runs at once; 0 until a host has taken the execution. */
  slots: number;
  /** Of the last event. */
  seq: number;
  atMs: number;
  startedAtMs: number;
  /** Absolute limit of the whole execution; null: none. */
  deadlineAtMs: number | null;
  /** Id of the last published fact. */
  published: number;
  /** Checkpoints asked for and not yet saved. */
  checkpointsDue: string[];
  checkpointSeq: number;
  /** One per node, by node index. */
  tasks: Task[];
  /** Open forEach nodes by node index; an entry stays after the node has settled, for its outputs. */
  fanOuts: Map<number, FanOut>;
  /** Critical nodes that failed for good. */
  failures: number;
  derived: Derived;
}

/**
 * created → running ⇄ paused → finishing → finished. `finishing` means FinishExecution was ordered and its answer is awaited.
 */
export type Phase = 'created' | 'running' | 'paused' | 'finishing' | 'finished';

export interface Verdict {
  readonly status: 'FAILED' | 'CANCELLED';
  readonly error: ErrorData;
}

export interface Finished {
  readonly status: 'COMPLETED' | 'FAILED' | 'CANCELLED';
  readonly atMs: number;
  readonly result?: ValueRef;
  readonly error?: ErrorData;
}

/**
 * pending: a dependency is unsettled. guarding, resolving: the host was asked for the guard, the items. ready: may start.
 * running: an attempt is live. waiting: the next attempt is due later. fanned: a forEach node whose items are under way.
 */
export type TaskStatus =
  | 'pending'
  | 'guarding'
  | 'resolving'
  | 'ready'
  | 'running'
  | 'waiting'
  | 'fanned'
  | 'succeeded'
  | 'failed'
  | 'skipped'
  | 'cancelled';

export type SettledStatus = 'succeeded' | 'failed' | 'skipped' | 'cancelled';

export interface Task {
  readonly node: number;
  /** Index of the item, or -1 for the node itself. */
  readonly item: number;
  status: TaskStatus;
  /** Number of the current or last attempt; 0 before the first. */
  attempt: number;
  /** Attempts lost with their host: they do not count against the retry policy. */
  lost: number;
  /** Epoch of the current attempt. */
  epoch: number;
  /** The module has failed for good and the fallback runs. */
  fallback: boolean;
  /** The task's one deadline: the timeout while running, the next attempt while waiting; null: none. */
  dueAtMs: number | null;
  output: ValueRef | null;
  error: ErrorData | null;
}

/** The items of a forEach node. Only those under way exist as tasks, so memory grows with the width in flight. */
export interface FanOut {
  readonly count: number;
  /** Index of the next item that never started. */
  next: number;
  /** Items ready, running or waiting. */
  readonly live: Map<number, Task>;
  /** By item; null where an item failed or has not ended. */
  readonly outputs: (ValueRef | null)[];
  succeeded: number;
  failed: number;
}

/** Indexes over the state. */
export interface Derived {
  readonly ranking: Ranking;
  /** Ranks of the nodes that have something to start. */
  readonly ready: RankSet;
  readonly deadlines: Deadlines;
  /** Tasks with a live attempt; permits are its size. */
  readonly running: Set<Task>;
  /** Dependencies of each node by how they ended. */
  readonly tallies: { readonly succeeded: Uint32Array; readonly failed: Uint32Array; readonly settled: Uint32Array };
  /** Nodes not yet settled. */
  open: number;
  /** Nodes waiting for an answer of the host (guarding, resolving). */
  asking: Set<number>;
  /** Items ready again after a retry or a lost host, by node. */
  readonly readyItems: Map<number, RankSet>;
  /** What WakeAt was last ordered. */
  armedAtMs: number | null;
}

export function isSettled(status: TaskStatus): status is SettledStatus {
  return status === 'succeeded' || status === 'failed' || status === 'skipped' || status === 'cancelled';
}

export function newTask(node: number, item: number, status: TaskStatus): Task {
  return {
    node,
    item,
    status,
    attempt: 0,
    lost: 0,
    epoch: 0,
    fallback: false,
    dueAtMs: null,
    output: null,
    error: null,
  };
}
