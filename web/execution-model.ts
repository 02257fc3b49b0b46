import type { ExecutionEvent } from '../src/host/execution-view.ts';
import type { TaskState } from './task-states.ts';

/** An attempt that ran or runs; times in ms since the execution began. */
export interface Span {
  readonly taskId: string;
  readonly startMs: number;
  endMs: number | null;
  state: TaskState;
}

/** What the page shows of an execution, folded from its events. */
export class ExecutionModel {
  readonly tasks = new Map<string, TaskState>();
  readonly spans: Span[] = [];
  readonly log: ExecutionEvent[] = [];
  recoveries = 0;
  #startedAtMs = 0;
  readonly #open = new Map<string, Span>();

  take(event: ExecutionEvent): void {
    const atMs = event.timestamp.getTime();
    if (event.type === 'EXECUTION_STARTED') this.#startedAtMs = atMs;
    if (event.id !== 'live') this.log.push(event);
    if (event.type === 'RECOVERY_INITIATED') this.#recovered();
    const state = stateAfter(event);
    if (event.taskId === undefined || state === undefined) return;
    this.tasks.set(event.taskId, state);
    this.#close(event.taskId, atMs - this.#startedAtMs, state);
    // A forEach node starts without an attempt of its own: its items are what runs.
    if (event.type === 'TASK_STARTED' && event.data?.attempt !== undefined) {
      const span: Span = { taskId: event.taskId, startMs: atMs - this.#startedAtMs, endMs: null, state };
      this.spans.push(span);
      this.#open.set(event.taskId, span);
    }
  }

  /** The items of a forEach node that have been heard of, by state. */
  itemsOf(nodeId: string): readonly TaskState[] {
    const prefix = `${nodeId}[`;
    return [...this.tasks].filter(([taskId]) => taskId.startsWith(prefix)).map(([, state]) => state);
  }

  /** What had finished before the page was loaded again was restored, not run. */
  #recovered(): void {
    this.recoveries++;
    for (const [taskId, state] of this.tasks) if (state === 'completed') this.tasks.set(taskId, 'restored');
    for (const span of this.spans) if (span.state === 'completed') span.state = 'restored';
  }

  #close(taskId: string, endMs: number, state: TaskState): void {
    const span = this.#open.get(taskId);
    if (span === undefined) return;
    span.endMs = endMs;
    span.state = state;
    this.#open.delete(taskId);
  }
}

function stateAfter({ type }: ExecutionEvent): TaskState | undefined {
  switch (type) {
    case 'TASK_READY':
      return 'ready';
    case 'TASK_STARTED':
      return 'running';
    case 'TASK_RETRIED':
      return 'waiting';
    case 'TASK_COMPLETED':
      return 'completed';
    case 'TASK_FAILED':
      return 'failed';
    case 'TASK_SKIPPED':
      return 'skipped';
    case 'TASK_CANCELLED':
      return 'cancelled';
    default:
      return undefined;
  }
}
