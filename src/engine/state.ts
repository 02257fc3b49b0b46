import type { ErrorData } from '../errors.ts';
import type { Ranking } from '../plan/ranking.ts';
import type { Value, ValueRef } from '../program/value.ts';
import type { Deadlines } from './deadlines.ts';
import type { ExecutionOptions } from './execution-options.ts';
import type { ItemOutputs } from './item-outputs.ts';
import type { Fork, ParentRef } from './lineage.ts';
import type { ReadyIndex } from './ready-index.ts';
import type { Task } from './task.ts';

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
  parent: ParentRef | null;
  fork: Fork | null;
  /** Expected ms by node id that the plan was made with; absent: none were known. */
  weights?: { readonly [node: string]: number };
  /** Of whoever asked for the execution; absent: its trace begins here. */
  traceparent?: string;
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
  /** When the latest checkpoint was saved; the start before the first. */
  checkpointAtMs: number;
  /** Bytes of outputs since then. */
  checkpointBytes: number;
  /** One per node, by node index. */
  tasks: Task[];
  /** Open forEach nodes by node index; an entry stays after the node has settled, for its outputs. */
  fanOuts: Map<number, FanOut>;
  /** Critical nodes that failed for good. */
  failures: number;
  /** Retries so far, against the retry budget; attempts lost with their host are none. */
  retries: number;
  /** Attempts started so far, of all tasks. */
  attempts: number;
  /** Signals nobody has waited for yet, oldest first. */
  signals: Signal[];
  /** How often it was set back; like `variables` and every number that counts up, kept when it is. */
  restores: number;
  /** What recovery strategies remember. */
  variables: { readonly [name: string]: Value };
  /** Codes of errors the host has a recovery strategy for; `*` is every one. */
  recovers: readonly string[];
  /** A cancel with grace: what runs may end until then. */
  graceUntilMs: number | null;
  /** Compensations by node index, once the execution is being undone. */
  compensations: Map<number, Task>;
  derived: Derived;
}

/**
 * created → running ⇄ paused → compensating → finishing → finished. `compensating`: it failed, and what its nodes did is being
 * undone. `finishing`: FinishExecution was ordered and its answer is awaited.
 */
export type Phase = 'created' | 'running' | 'paused' | 'compensating' | 'finishing' | 'finished';

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

/** A signal that nobody has waited for yet. */
export interface Signal {
  readonly event: string;
  readonly payload: ValueRef;
}

/** The items of a forEach node (its batches, with `batchSize`). Only those under way exist as tasks, so memory grows with the width in flight. */
export interface FanOut {
  readonly count: number;
  /** Items before they were put into batches; the same as `count` without. */
  readonly itemCount: number;
  /** Index of the next item that never started. */
  next: number;
  /** Items ready, running or waiting. */
  readonly live: Map<number, Task>;
  /** By item; null where an item failed or has not ended. */
  readonly outputs: ItemOutputs;
  succeeded: number;
  failed: number;
  /** Given up by a recovery strategy. */
  skipped: number;
}

/** Indexes over the state. */
export interface Derived {
  readonly ranking: Ranking;
  /** What may start as soon as a slot is free. */
  readonly ready: ReadyIndex;
  /** What may start without a slot: waits, and tasks that have yet to get their permits. */
  readonly unslotted: ReadyIndex;
  readonly deadlines: Deadlines;
  /** Tasks with a live attempt; permits are its size. */
  readonly running: Set<Task>;
  /** Dependencies of each node by how they ended. */
  readonly tallies: { readonly succeeded: Uint32Array; readonly failed: Uint32Array; readonly settled: Uint32Array };
  /** Nodes not yet settled. */
  open: number;
  /** Tasks that wait for an answer of the host. */
  readonly asking: Set<Task>;
  /** Tasks that wait for a signal or a time. */
  readonly awaiting: Set<Task>;
  /** Tasks that hold permits. */
  readonly granted: Set<Task>;
  /** By node index: what a forked execution had before, for nodes that may run again. */
  readonly before: ReadonlyMap<number, ValueRef>;
  /** While compensating, per node: dependents that are not undone yet. */
  undoWaits: Uint32Array;
  /** Compensations not yet settled. */
  undoOpen: number;
  /** What WakeAt was last ordered. */
  armedAtMs: number | null;
}

/**
 * What an attempt and a request for permits are fenced by: it grows with every lease and with every restore, so that
 * nothing from before either is taken for an answer to what was asked after it.
 */
export function termOf({ epoch, generation }: Pick<ExecutionState, 'epoch' | 'generation'>): number {
  return epoch + generation;
}
