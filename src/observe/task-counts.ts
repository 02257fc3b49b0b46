import type { PublishedFact } from '../engine/command.ts';
import { AttemptsFold, isEndOfExecution } from './attempts.ts';

/** How many tasks are where, at one moment. */
export interface TaskCounts {
  /** Tasks that failed for good; a forEach node counts by its items. */
  readonly failed: number;
  /** Times a task was to be tried again: after a failure, on its fallback, or because its host was lost. */
  readonly retries: number;
  /** Attempts under way. */
  readonly running: number;
  /** Answers of attempts that had been given up. */
  readonly late: number;
  /** Tasks that could start and have not, also those whose next attempt has come due. Items never begun are not told of. */
  readonly queued: number;
}

/** Folds published facts into counts. */
export class TaskCountsFold {
  readonly #attempts = new AttemptsFold();
  readonly #fanned = new Set<string>();
  /** When each waiting task may start. */
  readonly #queue = new Map<string, number>();
  #failed = 0;
  #retries = 0;
  #late = 0;

  take(fact: PublishedFact): void {
    this.#attempts.take(fact);
    if (isEndOfExecution(fact.type) || (fact.type === 'RECOVERY_INITIATED' && fact.checkpointId !== undefined)) {
      this.#queue.clear();
    }
    if (fact.taskId !== undefined) this.#takeTask(fact, fact.taskId);
  }

  snapshot(nowMs: number): TaskCounts {
    let queued = 0;
    for (const dueAtMs of this.#queue.values()) if (dueAtMs <= nowMs) queued++;
    return {
      failed: this.#failed,
      retries: this.#retries,
      running: this.#attempts.open.size,
      late: this.#late,
      queued,
    };
  }

  #takeTask({ type, atMs, attempt, dueAtMs }: PublishedFact, taskId: string): void {
    switch (type) {
      case 'TASK_READY':
        this.#queue.set(taskId, atMs);
        return;
      case 'TASK_RETRIED':
        this.#retries++;
        this.#queue.set(taskId, dueAtMs ?? atMs);
        return;
      case 'LATE_RESULT':
        this.#late++;
        return;
      case 'TASK_STARTED':
        if (attempt === undefined) this.#fanned.add(taskId);
        break;
      case 'TASK_FAILED':
        if (!this.#fanned.has(taskId)) this.#failed++;
        break;
      case 'TASK_COMPLETED':
      case 'TASK_CACHED':
      case 'TASK_SKIPPED':
      case 'TASK_CANCELLED':
        break;
      default:
        return;
    }
    this.#queue.delete(taskId);
  }
}
