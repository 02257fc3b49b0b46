import type { JournalEntry } from '../engine/event.ts';
import type { Program } from '../program/program.ts';
import type { MaybePromise } from './maybe-promise.ts';

/** Who an execution is: written once, when it is created. */
export interface ExecutionHeader {
  readonly executionId: string;
  readonly programName: string;
  /** Digest of the canonical program. */
  readonly programDigest: string;
  readonly program: Program;
  readonly createdAtMs: number;
}

export type StoredStatus = 'PENDING' | 'RUNNING' | 'PAUSED' | 'COMPLETED' | 'FAILED' | 'CANCELLED';

export interface ExecutionSummary {
  readonly executionId: string;
  readonly programName: string;
  readonly programDigest: string;
  readonly status: StoredStatus;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** A checkpoint as stored: opaque bytes to the store, the state after the event `seq`. */
export interface StoredCheckpoint {
  readonly checkpointId: string;
  readonly executionId: string;
  readonly seq: number;
  readonly createdAtMs: number;
  /** Canonical CBOR of the checkpoint (engine/checkpoint.ts). */
  readonly bytes: Uint8Array;
}

/** One turn of the host, stored whole or not at all. */
export interface Commit {
  readonly executionId: string;
  /** The epoch the host holds; older than the stored one means FENCED. */
  readonly epoch: number;
  /** Gap-free: the first entry's seq is one more than the last stored seq, else CONFLICT. May be empty when only a checkpoint or status is saved. */
  readonly entries: readonly JournalEntry[];
  readonly status: StoredStatus;
  readonly atMs: number;
  readonly checkpoint?: StoredCheckpoint;
}

export interface ListFilter {
  readonly programName?: string;
  readonly status?: readonly StoredStatus[];
  /** 1 to 1000, default 100. */
  readonly limit?: number;
  /** Only executions created before this one (in the order below). */
  readonly before?: string;
}

/**
 * The journal of executions: headers, ordered events, checkpoints, and the epoch that fences stale writers.
 * Every method is atomic. Failures are HeddleErrors: NOT_FOUND, ALREADY_EXISTS, FENCED, CONFLICT, STORAGE_FAILED, CORRUPT.
 *
 * test/contract/journal-store.contract.ts is the specification; every adapter runs it.
 */
export interface JournalStore {
  /**
   * Estimated bytes (host/estimate-bytes.ts) a value may have inside an event; a larger one is stored as an artifact and
   * the event carries its digest. `Infinity`: values stay in the events as they are, unencoded and unhashed.
   */
  readonly inlineBytesMax: number;
  create(header: ExecutionHeader): MaybePromise<void>;
  /**
   * As `create` and `claim` (its epoch is 1), for an execution whose first commit follows at once: it may be stored with that, and until
   * then is not there for anybody. A store to which the three are no less work together leaves it out.
   */
  begin?(header: ExecutionHeader): MaybePromise<void>;
  header(executionId: string): MaybePromise<ExecutionHeader | undefined>;
  /** Raises the epoch by one and returns it (the first is 1). From then on a commit with an older epoch is FENCED. */
  claim(executionId: string): MaybePromise<number>;
  commit(commit: Commit): MaybePromise<void>;
  /** The entries with seq > afterSeq in order, at most `limit` (default: all). */
  read(executionId: string, afterSeq: number, limit?: number): MaybePromise<readonly JournalEntry[]>;
  /** The checkpoint with the highest seq. */
  latestCheckpoint(executionId: string): MaybePromise<StoredCheckpoint | undefined>;
  checkpoint(checkpointId: string): MaybePromise<StoredCheckpoint | undefined>;
  /** All checkpoints of an execution by rising seq. */
  checkpoints(executionId: string): MaybePromise<readonly Omit<StoredCheckpoint, 'bytes'>[]>;
  summary(executionId: string): MaybePromise<ExecutionSummary | undefined>;
  /** Newest first: by createdAtMs, then executionId, both falling. */
  list(filter?: ListFilter): MaybePromise<readonly ExecutionSummary[]>;
  /** Erases header, events, checkpoints and artifacts of an execution; nothing happens when there is none. */
  delete(executionId: string): MaybePromise<void>;
}
