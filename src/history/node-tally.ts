import type { PublishedFact } from '../engine/command.ts';
import { addUsage, type Usage } from '../engine/usage.ts';
import type { Value, ValueRef } from '../program/value.ts';
import type { NodeRecord } from './node-record.ts';
import { Samples } from './samples.ts';

/** Of one task. */
interface TaskTimes {
  readyAtMs: number | undefined;
  /** Start of the live attempt. */
  runningSinceMs: number | undefined;
}

/** What is known of one node while the facts of an execution are folded; it can be read as the record of that node at any time. */
export class NodeTally implements NodeRecord, TaskTimes {
  runs = 0;
  attempts = 0;
  failures = 0;
  measured = 0;
  totalMs = 0;
  maxMs = 0;
  queued = 0;
  queuedMs = 0;
  spanMs?: number;
  outputBytes?: number;
  usage?: Usage;
  readonly #sizeOf: ((value: Value) => number) | undefined;
  /** Of the node itself, which is all there is of most. */
  readyAtMs: number | undefined = undefined;
  runningSinceMs: number | undefined = undefined;
  /** The first by itself: most nodes have no other. */
  #sample = -1;
  #samples: Samples | null = null;
  #items: Map<string, TaskTimes> | null = null;
  #startedAtMs: number | undefined;
  #isFannedOut = false;

  constructor(sizeOf?: (value: Value) => number) {
    this.#sizeOf = sizeOf;
  }

  get samples(): readonly number[] {
    if (this.#samples !== null) return this.#samples.kept;
    return this.#sample < 0 ? [] : [this.#sample];
  }

  get isFannedOut(): boolean {
    return this.#isFannedOut;
  }

  /** Neither started nor ended: skipped, or cancelled while it waited. */
  get isEmpty(): boolean {
    return this.attempts === 0 && this.spanMs === undefined;
  }

  take(fact: PublishedFact, taskId: string, isItem: boolean): void {
    switch (fact.type) {
      case 'TASK_READY':
        this.#times(taskId, isItem).readyAtMs = fact.atMs;
        return;
      case 'TASK_STARTED':
        return this.#start(fact, taskId, isItem);
      case 'TASK_RETRIED':
        // Without an error the attempt was lost with its host, and says nothing about the module.
        return this.#endAttempt(fact, this.#times(taskId, isItem), fact.error === undefined ? 'lost' : 'failed');
      case 'TASK_COMPLETED':
        this.#endAttempt(fact, this.#times(taskId, isItem), 'succeeded');
        return this.#endNode(fact, taskId, isItem);
      case 'TASK_FAILED':
        this.#endAttempt(fact, this.#times(taskId, isItem), 'failed');
        return this.#endNode(fact, taskId, isItem);
      case 'TASK_USAGE':
        if (fact.usage !== undefined) this.usage = addUsage(this.usage ?? {}, fact.usage);
        return;
      case 'TASK_CANCELLED':
        return this.#endAttempt(fact, this.#times(taskId, isItem), 'lost');
      default:
    }
  }

  #times(taskId: string, isItem: boolean): TaskTimes {
    if (!isItem) return this;
    this.#items ??= new Map();
    let times = this.#items.get(taskId);
    if (times === undefined) {
      times = { readyAtMs: undefined, runningSinceMs: undefined };
      this.#items.set(taskId, times);
    }
    return times;
  }

  #start({ atMs, attempt }: PublishedFact, taskId: string, isItem: boolean): void {
    if (!isItem && (attempt === undefined || attempt === 1)) this.#startedAtMs = atMs;
    if (attempt === undefined) {
      this.#isFannedOut = true;
      return;
    }
    this.attempts++;
    if (attempt === 1) this.runs++;
    const times = this.#times(taskId, isItem);
    times.runningSinceMs = atMs;
    const { readyAtMs } = times;
    if (readyAtMs === undefined) return;
    times.readyAtMs = undefined;
    this.queued++;
    this.queuedMs += atMs - readyAtMs;
  }

  #endAttempt({ atMs }: PublishedFact, times: TaskTimes, how: 'succeeded' | 'failed' | 'lost'): void {
    const sinceMs = times.runningSinceMs;
    times.runningSinceMs = undefined;
    if (sinceMs === undefined || how === 'lost') return;
    const durationMs = atMs - sinceMs;
    this.measured++;
    if (how === 'failed') this.failures++;
    this.totalMs += durationMs;
    this.maxMs = Math.max(this.maxMs, durationMs);
    this.#addSample(durationMs);
  }

  #addSample(durationMs: number): void {
    // Durations are never negative: the time of an execution does not run backwards.
    if (this.#samples === null && this.#sample < 0) {
      this.#sample = durationMs;
      return;
    }
    if (this.#samples === null) {
      this.#samples = new Samples();
      this.#samples.add(this.#sample);
    }
    this.#samples.add(durationMs);
  }

  #endNode({ atMs, output }: PublishedFact, taskId: string, isItem: boolean): void {
    if (isItem) {
      this.#items?.delete(taskId);
      return;
    }
    if (this.#startedAtMs !== undefined) this.spanMs = atMs - this.#startedAtMs;
    if (output === undefined) return;
    const bytes = bytesOf(output, this.#sizeOf);
    if (bytes === undefined) delete this.outputBytes;
    else this.outputBytes = bytes;
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
