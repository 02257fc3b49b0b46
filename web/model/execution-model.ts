import type { ExecutionEvent } from '../../src/host/view/execution-view.ts';
import { isDone, type TaskState } from '../states/vocabulary.ts';
import { Lanes } from './lanes.ts';
import type { Attempt, Segment, SegmentKind } from './segment.ts';
import { readTaskName, type TaskName } from './task-name.ts';
import { slots, Usage } from './usage.ts';

export interface TaskView {
  readonly id: string;
  readonly name: TaskName;
  state: TaskState;
  readonly attempts: Attempt[];
  /** When the next attempt is due, in ms since the beginning. */
  dueMs: number | null;
  /** Why it is as it is, in a few words. */
  reason: string | null;
  fraction: number | null;
  open: Segment | null;
}

/** How many items of a forEach node are in a state. */
export type ItemCounts = Map<TaskState, number>;

/** What the page shows of an execution, folded from its events; linear in their number. */
export class ExecutionModel {
  readonly tasks = new Map<string, TaskView>();
  readonly items = new Map<string, { readonly ids: string[]; readonly counts: ItemCounts; fannedMs: number }>();
  readonly segments: Segment[] = [];
  readonly log: ExecutionEvent[] = [];
  readonly lanes = new Lanes();
  readonly usage = new Usage();
  recoveries = 0;
  startedAtMs = 0;
  /** Of the last event, or of the clock while it goes on. */
  nowMs = 0;
  ended = false;
  /** Grows with everything taken in. */
  version = 0;
  readonly #isNode: (id: string) => boolean;
  readonly #isGated: (id: string) => boolean;

  /** @param isGated whether a node needs permits before it starts */
  constructor(isNode: (id: string) => boolean, isGated: (id: string) => boolean = () => false) {
    this.#isNode = isNode;
    this.#isGated = isGated;
  }

  take(event: ExecutionEvent): void {
    this.version++;
    const { type, taskId } = event;
    const epochMs = event.timestamp.getTime();
    if (this.log.length === 0 && this.startedAtMs === 0) this.startedAtMs = epochMs;
    if (event.id !== 'live') this.log.push(event);
    const atMs = Math.max(0, epochMs - this.startedAtMs);
    this.nowMs = Math.max(this.nowMs, atMs);
    if (type === 'RECOVERY_INITIATED' && taskId === undefined) this.#recovered(event.data?.checkpointId !== undefined);
    if (type === 'EXECUTION_COMPLETED' || type === 'EXECUTION_FAILED' || type === 'EXECUTION_CANCELLED')
      this.#end(atMs);
    if (taskId !== undefined) this.#tell(this.#task(taskId), event, atMs);
  }

  /** The clock went on without an event. @param epochMs now */
  tick(epochMs: number): void {
    if (this.ended || this.startedAtMs === 0) return;
    this.nowMs = Math.max(this.nowMs, epochMs - this.startedAtMs);
    this.version++;
  }

  stateOf(id: string): TaskState {
    return this.tasks.get(id)?.state ?? 'pending';
  }

  /** Items of a forEach node: settled well, and known so far. */
  itemsDone(nodeId: string): { readonly done: number; readonly total: number } | undefined {
    const items = this.items.get(nodeId);
    if (items === undefined) return undefined;
    let done = 0;
    for (const [state, count] of items.counts) if (isDone(state)) done += count;
    return { done, total: items.ids.length };
  }

  #tell(task: TaskView, { type, data = {} }: ExecutionEvent, atMs: number): void {
    const attempt = typeof data.attempt === 'number' ? data.attempt : undefined;
    if (typeof data.reason === 'string') task.reason = data.reason;
    switch (type) {
      case 'RESOURCE_ALLOCATED':
        return this.usage.take(task.id, (data.resources ?? {}) as Readonly<Record<string, number>>, atMs);
      case 'RESOURCE_RELEASED':
        return this.usage.give(task.id, atMs);
      case 'TASK_READY':
        this.#close(task, atMs, task.state);
        this.#become(task, this.#isGated(task.name.nodeId) ? 'held' : 'ready');
        this.#open(task, 'queue', atMs);
        return;
      case 'TASK_STARTED':
        return this.#started(task, attempt, typeof data.reason === 'string', atMs);
      case 'TASK_RETRIED':
        this.#note(task, attempt, data.error, atMs);
        this.#close(task, atMs, data.error === undefined ? 'cancelled' : 'failed');
        this.#become(task, 'retry');
        task.dueMs = typeof data.dueAt === 'string' ? Date.parse(data.dueAt) - this.startedAtMs : null;
        this.#open(task, 'retry', atMs);
        return;
      case 'TASK_COMPLETED':
        return this.#settle(task, task.name.undo ? 'compensated' : 'completed', atMs);
      case 'TASK_CACHED':
        return this.#settle(task, 'cached', atMs);
      case 'TASK_COMPENSATED':
        this.#settle(task, 'compensated', atMs);
        return this.#become(this.#task(task.name.nodeId), 'compensated');
      case 'TASK_FAILED':
        this.#note(task, attempt, data.error, atMs);
        return this.#settle(task, 'failed', atMs);
      case 'TASK_SKIPPED':
        return this.#settle(task, 'skipped', atMs);
      case 'TASK_CANCELLED':
        return this.#settle(task, 'cancelled', atMs);
      case 'TASK_PROGRESS':
        task.fraction = typeof data.fraction === 'number' ? data.fraction : null;
        return;
      default:
    }
  }

  #started(task: TaskView, attempt: number | undefined, waits: boolean, atMs: number): void {
    const { nodeId, item } = task.name;
    if (item !== undefined && task.open === null && task.attempts.length === 0) {
      const fannedMs = this.items.get(nodeId)?.fannedMs ?? atMs;
      if (fannedMs < atMs) this.#open(task, 'queue', fannedMs);
    }
    this.#close(task, atMs, task.state);
    task.dueMs = null;
    task.fraction = null;
    if (attempt !== undefined) {
      this.#become(task, 'running');
      task.attempts.push({ number: attempt, startMs: atMs, endMs: null, state: 'running' });
      this.#open(task, 'run', atMs, attempt);
    } else if (waits) {
      this.#become(task, 'signal');
      this.#open(task, 'wait', atMs);
    } else {
      this.#become(task, 'running');
      this.#itemsOf(nodeId).fannedMs = atMs;
    }
  }

  #settle(task: TaskView, state: TaskState, atMs: number): void {
    this.#close(task, atMs, state);
    task.dueMs = null;
    this.#become(task, state);
  }

  #note(task: TaskView, attempt: number | undefined, error: unknown, atMs: number): void {
    const last = task.attempts.at(-1);
    if (error === undefined) return;
    const told = error as NonNullable<Attempt['error']>;
    if (last !== undefined && last.number === attempt) last.error = told;
    // Refused before it started: by a breaker, or for want of a permit.
    else if (attempt !== undefined)
      task.attempts.push({ number: attempt, startMs: atMs, endMs: atMs, state: 'failed', error: told });
  }

  #open(task: TaskView, kind: SegmentKind, startMs: number, attempt?: number): void {
    const lane = kind === 'run' ? this.lanes.take() : undefined;
    if (kind === 'run') this.usage.change(slots, 1, startMs);
    const segment: Segment = {
      ...{ taskId: task.id, nodeId: task.name.nodeId, kind, startMs, endMs: null, state: task.state },
      ...(attempt !== undefined && { attempt }),
      ...(lane !== undefined && { lane }),
    };
    task.open = segment;
    this.segments.push(segment);
  }

  #close(task: TaskView, endMs: number, state: TaskState): void {
    const { open } = task;
    if (open === null) return;
    open.endMs = Math.max(open.startMs, endMs);
    if (open.kind === 'run') open.state = state;
    if (open.lane !== undefined) this.lanes.give(open.lane);
    if (open.kind === 'run') this.usage.change(slots, -1, open.endMs);
    task.open = null;
    const attempt = task.attempts.at(-1);
    if (open.kind !== 'run' || attempt === undefined) return;
    attempt.endMs = open.endMs;
    attempt.state = state;
  }

  #become(task: TaskView, state: TaskState): void {
    const { nodeId, item } = task.name;
    if (item !== undefined) {
      const { counts } = this.#itemsOf(nodeId);
      counts.set(task.state, Math.max(0, (counts.get(task.state) ?? 0) - 1));
      counts.set(state, (counts.get(state) ?? 0) + 1);
    }
    task.state = state;
  }

  #end(atMs: number): void {
    this.ended = true;
    for (const task of this.tasks.values()) if (task.open !== null) this.#close(task, atMs, 'cancelled');
    this.usage.giveAll(atMs);
  }

  /** What had finished before was restored, not run. */
  #recovered(setBack: boolean): void {
    this.recoveries++;
    this.ended = false;
    if (setBack) return;
    for (const task of this.tasks.values()) if (task.state === 'completed') this.#become(task, 'restored');
    for (const segment of this.segments) if (segment.state === 'completed') segment.state = 'restored';
  }

  #itemsOf(nodeId: string) {
    const items = this.items.get(nodeId) ?? { ids: [] as string[], counts: new Map(), fannedMs: this.nowMs };
    this.items.set(nodeId, items);
    return items;
  }

  #task(id: string): TaskView {
    const known = this.tasks.get(id);
    if (known !== undefined) return known;
    const name = readTaskName(id, this.#isNode);
    const task: TaskView = {
      ...{ id, name, state: 'pending', attempts: [], dueMs: null, reason: null, fraction: null, open: null },
    };
    this.tasks.set(id, task);
    if (name.item !== undefined) {
      const { ids, counts } = this.#itemsOf(name.nodeId);
      ids.push(id);
      counts.set('pending', (counts.get('pending') ?? 0) + 1);
    }
    return task;
  }
}
