import type { ExecutionState } from '../../engine/state.ts';
import { findTask } from '../../engine/step.ts';
import type { TaskRef } from '../../engine/task-ref.ts';
import type { Plan } from '../../plan/plan.ts';
import { after, type MaybePromise } from '../../ports/maybe-promise.ts';
import type { Template } from '../../program/program.ts';
import type { Scope } from '../../program/scope.ts';
import { type CompiledTemplate, compileTemplate } from '../../program/template.ts';
import type { Value, ValueRef } from '../../program/value.ts';
import { all, type Values } from './values.ts';

/** The item of a forEach task, or its batch, and the index of its first. */
export interface Item {
  readonly item: Value;
  readonly index: number;
}

/** By where they stand: `<node id>.with`, `outputs`. */
export type CompiledTemplates = Map<string, CompiledTemplate>;

/** Templates of a node with many items are needed again and again, those of 100,000 nodes once each. */
const compiledMax = 4096;

/** For templates that do not look at it. */
const emptyScope: Scope = { input: null, nodes: new Map(), executionId: '' };

/** Evaluates templates on the values of an execution, loading only the outputs they refer to. */
export class Evaluator {
  readonly #plan: Plan;
  readonly #values: Values;
  readonly #compiled: CompiledTemplates;

  /** @param compiled those of the plan, which its executions share */
  constructor(plan: Plan, values: Values, compiled: CompiledTemplates) {
    this.#plan = plan;
    this.#values = values;
    this.#compiled = compiled;
  }

  /** Binds a template on the values it refers to; each is compiled when first needed. @throws BAD_EXPRESSION */
  evaluate(
    state: ExecutionState,
    ref: TaskRef | null,
    key: string,
    template: Template,
    of: Item | null = null,
  ): MaybePromise<Value> {
    const compiled = this.#compiled.get(key) ?? this.#compile(key, template);
    if (compiled.isLiteral) return compiled.bind(emptyScope);
    return after(this.#scope(state, ref, compiled.references, of), (scope) => compiled.bind(scope));
  }

  #compile(key: string, template: Template): CompiledTemplate {
    const compiled = compileTemplate(template, pathOf(key));
    if (this.#compiled.size >= compiledMax) this.#compiled.delete(this.#compiled.keys().next().value ?? '');
    this.#compiled.set(key, compiled);
    return compiled;
  }

  #scope(
    state: ExecutionState,
    ref: TaskRef | null,
    references: CompiledTemplate['references'],
    of: Item | null,
  ): MaybePromise<Scope> {
    const nodes = [...references.nodes];
    // A node that repeats sees its own output so far, or that of its own item, under its own name.
    const loaded = all([
      this.#values.get(state.inputs),
      ...nodes.map((id) =>
        ref?.node === id ? this.#ownOutput(state, ref) : this.output(state, this.#plan.indexOf.get(id) ?? -1),
      ),
    ]);
    return after(loaded, ([input, ...outputs]) => ({
      input: input ?? null,
      nodes: new Map(nodes.map((id, index) => [id, outputs[index] ?? null])),
      executionId: state.executionId,
      ...of,
    }));
  }

  #ownOutput(state: ExecutionState, { node, item }: TaskRef): MaybePromise<Value> {
    const output = findTask(this.#plan, state, { node, ...(item !== undefined && { item }) })?.output ?? null;
    return output === null ? null : this.#values.get(output);
  }

  /** The output of a node; null when it was skipped or failed. */
  output(state: ExecutionState, index: number): MaybePromise<Value> {
    const ref: ValueRef | null = state.tasks[index]?.output ?? null;
    return ref === null ? null : this.#values.get(ref);
  }
}

function pathOf(key: string): string {
  return key === 'outputs' ? key : `nodes.${key}`;
}
