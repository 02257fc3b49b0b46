import { subProgramTold } from '../engine/attempt.ts';
import type { PublishedFact } from '../engine/command.ts';
import { addUsage, type Usage } from '../engine/usage.ts';
import { AttemptsFold, endsEveryAttempt, isEndOfExecution } from './attempts.ts';
import type { MetricFamily } from './prometheus.ts';
import { moduleMetricsMax, usageFamilies } from './usage-families.ts';

/** Upper bounds of the durations of attempts, in seconds. */
const durationBounds: readonly number[] = [
  0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800,
];

interface Fold {
  readonly attempts: AttemptsFold;
  readonly fanned: Set<string>;
}

/** What a host did, over all the executions whose facts it is given: only ever grows, as counters must. */
export class ExecutionTotals {
  readonly #tasks = { succeeded: 0, cached: 0, failed: 0, skipped: 0, cancelled: 0 };
  readonly #executions = { completed: 0, failed: 0, cancelled: 0 };
  readonly #durationCounts = new Array<number>(durationBounds.length + 1).fill(0);
  #durationSum = 0;
  #attempts = 0;
  #usage: Usage = {};
  readonly #folds = new Map<string, Fold>();

  take(executionId: string, fact: PublishedFact): void {
    this.takeAll(executionId, [fact]);
  }

  /** @param facts of one execution, in their order */
  takeAll(executionId: string, facts: readonly PublishedFact[]): void {
    let fold = this.#folds.get(executionId);
    for (let at = 0; at < facts.length; at++) {
      const fact = facts[at] as PublishedFact;
      if (fold === undefined) {
        fold = { attempts: new AttemptsFold(), fanned: new Set<string>() };
        this.#folds.set(executionId, fold);
      }
      this.#take(fold, fact);
      if (!isEndOfExecution(fact.type)) continue;
      this.#countEnd(fact.type);
      this.#folds.delete(executionId);
      fold = undefined;
    }
  }

  #take({ attempts, fanned }: Fold, fact: PublishedFact): void {
    // Nothing is counted of it, and a third of all facts are of this kind.
    if (fact.type === 'TASK_READY') return;
    if (fact.usage !== undefined && fact.reason !== subProgramTold) this.#use(fact.usage);
    if (fact.type === 'TASK_STARTED') {
      if (fact.attempt !== undefined) this.#attempts++;
      else fanned.add(fact.taskId ?? '');
    }
    if (endsEveryAttempt(fact)) {
      for (const { startedAtMs, endedAtMs } of attempts.take(fact)) this.#observe((endedAtMs - startedAtMs) / 1000);
    } else {
      const ended = attempts.takeOne(fact);
      if (ended !== undefined) this.#observe(Math.max(0, fact.atMs - ended.startedAtMs) / 1000);
    }
    // A forEach node is counted by its items.
    if (fanned.size === 0 || !fanned.has(fact.taskId ?? '')) this.#countTask(fact.type);
  }

  #countTask(type: PublishedFact['type']): void {
    const tasks = this.#tasks;
    if (type === 'TASK_COMPLETED') tasks.succeeded++;
    else if (type === 'TASK_CACHED') tasks.cached++;
    else if (type === 'TASK_FAILED') tasks.failed++;
    else if (type === 'TASK_SKIPPED') tasks.skipped++;
    else if (type === 'TASK_CANCELLED') tasks.cancelled++;
  }

  #countEnd(type: PublishedFact['type']): void {
    const executions = this.#executions;
    if (type === 'EXECUTION_COMPLETED') executions.completed++;
    else if (type === 'EXECUTION_FAILED') executions.failed++;
    else executions.cancelled++;
  }

  /** Nothing more will be told of an execution that has not ended. */
  forget(executionId: string): void {
    this.#folds.delete(executionId);
  }

  families(): readonly MetricFamily[] {
    return [
      {
        name: 'heddle_executions_total',
        help: 'Executions that ended, by how; one that was set back after its end counts at each end.',
        type: 'counter',
        samples: samplesOf(this.#executions),
      },
      {
        name: 'heddle_tasks_total',
        help: 'Tasks that ended, by how; a forEach node counts by its items.',
        type: 'counter',
        samples: samplesOf(this.#tasks),
      },
      {
        name: 'heddle_attempts_total',
        help: 'Attempts that began.',
        type: 'counter',
        samples: [{ value: this.#attempts }],
      },
      ...usageFamilies(this.#usage),
      {
        name: 'heddle_attempt_duration_seconds',
        help: 'Time from the start of an attempt to its end, however it ended.',
        type: 'histogram',
        samples: [{ bounds: durationBounds, counts: [...this.#durationCounts], sum: this.#durationSum }],
      },
    ];
  }

  /** Names of metrics come from modules: those beyond the first few are added up. */
  #use({ metrics = {}, ...usage }: Usage): void {
    const bounded: Record<string, number> = {};
    for (const [name, value] of Object.entries(metrics)) {
      const known = this.#usage.metrics ?? {};
      const isOther = !Object.hasOwn(known, name) && Object.keys(known).length >= moduleMetricsMax;
      const label = isOther ? 'other' : name;
      bounded[label] = (bounded[label] ?? 0) + value;
    }
    this.#usage = addUsage(this.#usage, { ...usage, metrics: bounded });
  }

  #observe(seconds: number): void {
    let bucket = 0;
    while (bucket < durationBounds.length && seconds > (durationBounds[bucket] as number)) bucket++;
    this.#durationCounts[bucket] = (this.#durationCounts[bucket] ?? 0) + 1;
    this.#durationSum += seconds;
  }
}

function samplesOf(counters: Readonly<Record<string, number>>) {
  return Object.entries(counters).map(([status, value]) => ({ labels: { status }, value }));
}
