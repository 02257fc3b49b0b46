import type { PublishedFact } from '../engine/command.ts';
import { addUsage, type Usage } from '../engine/usage.ts';
import type { Value, ValueRef } from '../program/value.ts';
import type { NodeRecord } from './execution-record.ts';
import { Samples } from './samples.ts';

/** By task, of all nodes together: most nodes are one task, and a map for each would be mostly empty. */
export interface TaskTimes {
  readonly readyAtMs: Map<string, number>;
  /** Start of the live attempt. */
  readonly runningSinceMs: Map<string, number>;
}

/** What is known of one node while the facts of an execution are folded. */
export class NodeTally {
  readonly #sizeOf: ((value: Value) => number) | undefined;
  readonly #readyAtMs: Map<string, number>;
  readonly #runningSinceMs: Map<string, number>;
  readonly #samples = new Samples();
  readonly #counts = { runs: 0, attempts: 0, failures: 0, measured: 0, totalMs: 0, maxMs: 0, queued: 0, queuedMs: 0 };
  #startedAtMs: number | undefined;
  #spanMs: number | undefined;
  #outputBytes: number | undefined;
  #isFannedOut = false;
  #usage: Usage | undefined;

  constructor(times: TaskTimes, sizeOf?: (value: Value) => number) {
    this.#readyAtMs = times.readyAtMs;
    this.#runningSinceMs = times.runningSinceMs;
    this.#sizeOf = sizeOf;
  }

  get isFannedOut(): boolean {
    return this.#isFannedOut;
  }

  /** Neither started nor ended: skipped, or cancelled while it waited. */
  get isEmpty(): boolean {
    return this.#counts.attempts === 0 && this.#spanMs === undefined;
  }

  take(fact: PublishedFact, taskId: string, isItem: boolean): void {
    switch (fact.type) {
      case 'TASK_READY':
        this.#readyAtMs.set(taskId, fact.atMs);
        return;
      case 'TASK_STARTED':
        return this.#start(fact, taskId, isItem);
      case 'TASK_RETRIED':
        // Without an error the attempt was lost with its host, and says nothing about the module.
        return this.#endAttempt(fact, taskId, fact.error === undefined ? 'lost' : 'failed');
      case 'TASK_COMPLETED':
        this.#endAttempt(fact, taskId, 'succeeded');
        return this.#endNode(fact, isItem);
      case 'TASK_FAILED':
        this.#endAttempt(fact, taskId, 'failed');
        return this.#endNode(fact, isItem);
      case 'TASK_USAGE':
        if (fact.usage !== undefined) this.#usage = addUsage(this.#usage ?? {}, fact.usage);
        return;
      case 'TASK_CANCELLED':
        return this.#endAttempt(fact, taskId, 'lost');
      default:
    }
  }

  record(): NodeRecord {
    return {
      ...this.#counts,
      samples: this.#samples.toJSON(),
      ...(this.#spanMs !== undefined && { spanMs: this.#spanMs }),
      ...(this.#outputBytes !== undefined && { outputBytes: this.#outputBytes }),
      ...(this.#usage !== undefined && { usage: this.#usage }),
    };
  }

  #start({ atMs, attempt }: PublishedFact, taskId: string, isItem: boolean): void {
    if (!isItem && (attempt === undefined || attempt === 1)) this.#startedAtMs = atMs;
    if (attempt === undefined) {
      this.#isFannedOut = true;
      return;
    }
    this.#counts.attempts++;
    if (attempt === 1) this.#counts.runs++;
    this.#runningSinceMs.set(taskId, atMs);
    const readyAtMs = this.#readyAtMs.get(taskId);
    if (readyAtMs === undefined) return;
    this.#readyAtMs.delete(taskId);
    this.#counts.queued++;
    this.#counts.queuedMs += atMs - readyAtMs;
  }

  #endAttempt({ atMs }: PublishedFact, taskId: string, how: 'succeeded' | 'failed' | 'lost'): void {
    const sinceMs = this.#runningSinceMs.get(taskId);
    this.#runningSinceMs.delete(taskId);
    if (sinceMs === undefined || how === 'lost') return;
    const counts = this.#counts;
    const durationMs = atMs - sinceMs;
    counts.measured++;
    if (how === 'failed') counts.failures++;
    counts.totalMs += durationMs;
    counts.maxMs = Math.max(counts.maxMs, durationMs);
    this.#samples.add(durationMs);
  }

  #endNode({ atMs, output }: PublishedFact, isItem: boolean): void {
    if (isItem) return;
    if (this.#startedAtMs !== undefined) this.#spanMs = atMs - this.#startedAtMs;
    if (output !== undefined) this.#outputBytes = bytesOf(output, this.#sizeOf);
  }
}

/** Undefined as soon as one part is unknown: half a size would be taken for the whole. */
function bytesOf(ref: ValueRef, sizeOf: ((value: Value) => number) | undefined): number | undefined {
  if ('digest' in ref) return ref.byteLength;
  if ('value' in ref) return sizeOf?.(ref.value);
  let sum = 0;
  for (const part of ref.list) {
    const bytes = part === null ? 0 : bytesOf(part, sizeOf);
    if (bytes === undefined) return undefined;
    sum += bytes;
  }
  return sum;
}
