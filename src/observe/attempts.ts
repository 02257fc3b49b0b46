import type { PublishedFact } from '../engine/command.ts';

/** An attempt as the facts tell it. */
export interface OpenAttempt {
  readonly taskId: string;
  readonly attempt: number;
  /** How often the execution had been set back to a checkpoint: attempts of one number are told apart by it. */
  readonly repeat: number;
  readonly startedAtMs: number;
}

export interface EndedAttempt extends OpenAttempt {
  readonly endedAtMs: number;
  /** lost: with its host, or when the execution was set back or ended around it. */
  readonly outcome: 'succeeded' | 'failed' | 'cancelled' | 'lost';
  /** The fact that ended it. */
  readonly by: PublishedFact;
}

const none: readonly EndedAttempt[] = [];

/** Pairs the facts that begin attempts with those that end them. */
export class AttemptsFold {
  readonly #open = new Map<string, OpenAttempt>();
  #restores = 0;

  /** Those begun and not ended, by task. */
  get open(): ReadonlyMap<string, OpenAttempt> {
    return this.#open;
  }

  /** @returns the attempts this fact ends */
  take(fact: PublishedFact): readonly EndedAttempt[] {
    if (isSetBack(fact)) this.#restores++;
    if (endsEveryAttempt(fact)) {
      const lost = [...this.#open.values()].map((open) => ended(open, fact, 'lost'));
      this.#open.clear();
      return lost;
    }
    const open = this.takeOne(fact);
    const outcome = open === undefined ? undefined : outcomeOf(fact);
    return open === undefined || outcome === undefined ? none : [ended(open, fact, outcome)];
  }

  /**
   * As {@link take}, for facts that end one attempt at the most, as nearly all do.
   * @returns the attempt that this fact ends
   */
  takeOne(fact: PublishedFact): OpenAttempt | undefined {
    const { type, taskId, attempt } = fact;
    if (taskId === undefined || attempt === undefined) return undefined;
    if (type === 'TASK_STARTED') {
      this.#open.set(taskId, { taskId, attempt, repeat: this.#restores, startedAtMs: fact.atMs });
      return undefined;
    }
    if (outcomeOf(fact) === undefined) return undefined;
    const open = this.#open.get(taskId);
    if (open?.attempt !== attempt) return undefined;
    this.#open.delete(taskId);
    return open;
  }
}

function ended(open: OpenAttempt, by: PublishedFact, outcome: EndedAttempt['outcome']): EndedAttempt {
  const { taskId, attempt, repeat, startedAtMs } = open;
  return { taskId, attempt, repeat, startedAtMs, endedAtMs: Math.max(startedAtMs, by.atMs), outcome, by };
}

/** After an end nothing runs; after a step back to a checkpoint, only what starts anew. */
export function endsEveryAttempt(fact: PublishedFact): boolean {
  return isEndOfExecution(fact.type) || isSetBack(fact);
}

/** To a checkpoint; it goes on from there, also after an end. */
export function isSetBack({ type, checkpointId }: PublishedFact): boolean {
  return type === 'RECOVERY_INITIATED' && checkpointId !== undefined;
}

export function isEndOfExecution(type: PublishedFact['type']): boolean {
  return type === 'EXECUTION_COMPLETED' || type === 'EXECUTION_FAILED' || type === 'EXECUTION_CANCELLED';
}

function outcomeOf({ type, error }: PublishedFact): EndedAttempt['outcome'] | undefined {
  switch (type) {
    case 'TASK_COMPLETED':
    case 'TASK_CACHED':
    case 'TASK_COMPENSATED':
      return 'succeeded';
    case 'TASK_FAILED':
    // A recovery strategy had a task skipped whose attempt had failed.
    case 'TASK_SKIPPED':
      return 'failed';
    case 'TASK_CANCELLED':
      return 'cancelled';
    case 'TASK_RETRIED':
      return error === undefined ? 'lost' : 'failed';
    default:
      return undefined;
  }
}
