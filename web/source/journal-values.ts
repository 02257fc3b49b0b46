import { apply } from '../../src/engine/apply.ts';
import { initialState } from '../../src/engine/checkpoint.ts';
import type { JournalEntry } from '../../src/engine/event.ts';
import { startedPlan } from '../../src/engine/started-plan.ts';
import type { ExecutionState } from '../../src/engine/state.ts';
import { findTask } from '../../src/engine/step.ts';
import type { TaskRef } from '../../src/engine/task-ref.ts';
import { HeddleError } from '../../src/errors.ts';
import { Bindings } from '../../src/host/values/bindings.ts';
import { Values } from '../../src/host/values/values.ts';
import type { GraphKernel } from '../../src/kernel/kernel.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { ArtifactStore } from '../../src/ports/artifact-store.ts';
import type { JournalStore } from '../../src/ports/journal-store.ts';
import type { Program } from '../../src/program/program.ts';
import type { Value, ValueRef } from '../../src/program/value.ts';
import { readTaskName } from '../model/task-name.ts';
import type { TaskValues } from './source.ts';

export interface JournalValuesOptions {
  readonly executionId: string;
  readonly program: Program;
  readonly kernel: GraphKernel;
  readonly journal: JournalStore;
  readonly artifacts: ArtifactStore;
}

interface Fold {
  readonly plan: Plan;
  readonly state: ExecutionState;
  readonly bindings: Bindings;
}

/** Inputs and outputs of tasks, by replaying the journal on the reader's side: the engine is not asked and not slowed down. */
export class JournalValues implements TaskValues {
  readonly #options: JournalValuesOptions;
  readonly #values: Values;
  readonly #outputs = new Map<string, ValueRef>();
  #fold: Fold | null = null;
  #reading: Promise<Fold> | null = null;

  constructor(options: JournalValuesOptions) {
    this.#options = options;
    this.#values = new Values(options.executionId, options.artifacts, options.journal.inlineBytesMax);
  }

  async output(taskId: string): Promise<Value> {
    const { plan, state } = await this.#read();
    const ref = this.#outputs.get(taskId) ?? findTask(plan, state, this.#refOf(taskId))?.output;
    if (ref === undefined || ref === null) throw nothing(taskId, 'output');
    return this.#values.get(ref);
  }

  async input(taskId: string): Promise<Value> {
    const { plan, state, bindings } = await this.#read();
    const ref = this.#refOf(taskId);
    if (plan.nodes[plan.indexOf.get(ref.node) ?? -1]?.kind === 'wait') throw nothing(taskId, 'input');
    const work = await bindings.work(state, {
      ...{ type: 'StartAttempt', ...ref, attempt: 1, epoch: 0, fallback: false, tries: 1, iteration: 0 },
    });
    return 'value' in work ? work.value : work.input;
  }

  /** Folds what has been written since the last call; one reading at a time. */
  #read(): Promise<Fold> {
    this.#reading ??= this.#advance().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #advance(): Promise<Fold> {
    const { journal, executionId, program, kernel } = this.#options;
    const entries = await journal.read(executionId, this.#fold?.state.seq ?? 0);
    const fold = this.#fold ?? begin(entries, program, kernel, this.#values);
    this.#fold = fold;
    for (const entry of entries) {
      apply(fold.plan, fold.state, entry);
      if (entry.type === 'AttemptSucceeded') this.#outputs.set(idOf(entry), entry.output);
    }
    return fold;
  }

  #refOf(taskId: string): TaskRef {
    const { nodeId, item, undo } = readTaskName(taskId, (id) => Object.hasOwn(this.#options.program.nodes, id));
    return { node: nodeId, ...(item !== undefined && { item }), ...(undo && { undo: true as const }) };
  }
}

function begin([first]: readonly JournalEntry[], program: Program, kernel: GraphKernel, values: Values): Fold {
  if (first?.type !== 'ExecutionStarted') throw new HeddleError({ code: 'NOT_FOUND', message: 'it has not begun' });
  const plan = startedPlan(program, kernel, first);
  return { plan, state: initialState(plan, first), bindings: new Bindings(plan, values) };
}

function idOf({ node, item, undo }: TaskRef): string {
  if (undo) return `compensate(${node})`;
  return item === undefined ? node : `${node}[${item}]`;
}

function nothing(taskId: string, what: string): HeddleError {
  return new HeddleError({ code: 'NOT_FOUND', message: `${taskId} has no ${what}` });
}
