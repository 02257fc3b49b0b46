import type { StartAttempt } from '../engine/command.ts';
import type { TaskRef } from '../engine/event.ts';
import type { ExecutionState } from '../engine/state.ts';
import { HeddleError } from '../errors.ts';
import type { Plan } from '../plan/plan.ts';
import { after, type MaybePromise } from '../ports/maybe-promise.ts';
import { conditionSource } from '../program/edges.ts';
import type { Scope } from '../program/expression.ts';
import type { ProgramNode, Template } from '../program/program.ts';
import { type CompiledTemplate, compileTemplate } from '../program/template.ts';
import type { Value, ValueRef } from '../program/value.ts';
import type { Work } from './attempts.ts';
import { all, type Values } from './values.ts';

/**
 * Evaluates the expressions of a plan on the values of an execution: guards, item lists, inputs of attempts, outputs. Each
 * is compiled once, when first needed, and loads only the outputs it refers to.
 */
export class Bindings {
  readonly #plan: Plan;
  readonly #values: Values;
  readonly #compiled = new Map<string, CompiledTemplate>();
  /** Item lists of the forEach nodes under way, so that a computed list is not computed again for each item. */
  readonly #itemLists = new Map<string, { readonly generation: number; readonly items: readonly Value[] }>();

  constructor(plan: Plan, values: Values) {
    this.#plan = plan;
    this.#values = values;
  }

  /** @throws BAD_EXPRESSION when the guard fails or is not a boolean */
  guard(state: ExecutionState, { node }: TaskRef): MaybePromise<boolean> {
    const source = conditionSource(this.#spec(node).if ?? 'true', `nodes.${node}.if`);
    return after(this.#evaluate(state, `${node}.if`, `\${${source}}`), (value) => {
      if (typeof value === 'boolean') return value;
      throw new HeddleError({
        code: 'BAD_EXPRESSION',
        message: `the condition of ${node} gave ${JSON.stringify(value)?.slice(0, 80)}, not a boolean`,
        path: `nodes.${node}.if`,
        hint: 'compare it with something',
      });
    });
  }

  /** @throws BAD_EXPRESSION when it does not give a list */
  items(state: ExecutionState, node: string): MaybePromise<readonly Value[]> {
    const known = this.#itemLists.get(node);
    if (known?.generation === state.generation) return known.items;
    const template = this.#spec(node).forEach?.items ?? [];
    return after(this.#evaluate(state, `${node}.forEach.items`, template), (value) => {
      if (Array.isArray(value)) return this.#keepItems(state, node, value);
      throw new HeddleError({
        code: 'BAD_EXPRESSION',
        message: `the items of ${node} are not a list`,
        path: `nodes.${node}.forEach.items`,
      });
    });
  }

  #keepItems(state: ExecutionState, node: string, items: readonly Value[]): readonly Value[] {
    for (const other of this.#itemLists.keys()) {
      const status = state.tasks[this.#indexOf(other)]?.status;
      if (status !== 'fanned' && status !== 'resolving') this.#itemLists.delete(other);
    }
    this.#itemLists.set(node, { generation: state.generation, items });
    return items;
  }

  /** What an attempt is to run, and on what. */
  work(state: ExecutionState, { node, item, fallback }: StartAttempt): MaybePromise<Work> {
    const spec = this.#spec(node);
    const scopeItem =
      item === undefined
        ? null
        : after(this.items(state, node), (items) => ({ item: items[item] ?? null, index: item }));
    return after(scopeItem, (of) => {
      if (!fallback)
        return after(this.#input(state, node, `${node}.with`, spec.with, of), (input) =>
          work(spec, spec.module ?? '', input),
        );
      const substitute = spec.fallback ?? { value: null };
      if ('value' in substitute) {
        return after(this.#evaluate(state, `${node}.fallback.value`, substitute.value, of), (value) => ({ value }));
      }
      const template = substitute.with ?? spec.with;
      return after(this.#input(state, node, `${node}.fallback.with`, template, of), (input) =>
        work(spec, substitute.module, input),
      );
    });
  }

  /** The result: the declared outputs, or the output of every sink by node id. */
  outputs(state: ExecutionState): MaybePromise<Value> {
    const { program, nodes, dependents } = this.#plan;
    if (program.outputs !== undefined) return this.#evaluate(state, 'outputs', program.outputs);
    const sinks = nodes.filter((node) => dependents[node.index]?.length === 0);
    const loaded = all(sinks.map((node) => this.#output(state, node.index)));
    return after(loaded, (outputs) =>
      Object.fromEntries(sinks.map((node, index) => [node.id, outputs[index] ?? null])),
    );
  }

  /** Without a template, a task gets the inputs merged with the outputs of the nodes it needs, in the order listed. */
  #input(
    state: ExecutionState,
    node: string,
    key: string,
    template: Template | undefined,
    of: Item | null,
  ): MaybePromise<Value> {
    if (template !== undefined) return this.#evaluate(state, key, template, of);
    const needs = this.#spec(node).needs ?? [];
    const parts = all([this.#values.get(state.inputs), ...needs.map((id) => this.#output(state, this.#indexOf(id)))]);
    return after(parts, ([inputs, ...outputs]) => {
      const merged = { ...asMembers('input', inputs ?? null) };
      outputs.forEach((output, index) => Object.assign(merged, asMembers(needs[index] ?? '', output)));
      return of === null ? merged : { ...merged, ...of };
    });
  }

  #evaluate(state: ExecutionState, key: string, template: Template, of: Item | null = null): MaybePromise<Value> {
    const compiled = this.#compiled.get(key) ?? compileTemplate(template, pathOf(key));
    this.#compiled.set(key, compiled);
    return after(this.#scope(state, compiled.references, of), (scope) => compiled.bind(scope));
  }

  #scope(state: ExecutionState, references: CompiledTemplate['references'], of: Item | null): MaybePromise<Scope> {
    const nodes = [...references.nodes];
    const loaded = all([this.#values.get(state.inputs), ...nodes.map((id) => this.#output(state, this.#indexOf(id)))]);
    return after(loaded, ([input, ...outputs]) => ({
      input: input ?? null,
      nodes: new Map(nodes.map((id, index) => [id, outputs[index] ?? null])),
      executionId: state.executionId,
      ...of,
    }));
  }

  /** The output of a node; null when it was skipped or failed. */
  #output(state: ExecutionState, index: number): MaybePromise<Value> {
    const ref: ValueRef | null = state.tasks[index]?.output ?? null;
    return ref === null ? null : this.#values.get(ref);
  }

  #spec(node: string): ProgramNode {
    const spec = this.#plan.nodes[this.#indexOf(node)]?.spec;
    if (spec === undefined) throw new HeddleError({ code: 'UNKNOWN_NODE', message: `no node ${node}` });
    return spec;
  }

  #indexOf(node: string): number {
    return this.#plan.indexOf.get(node) ?? -1;
  }
}

interface Item {
  readonly item: Value;
  readonly index: number;
}

function work(spec: ProgramNode, module: string, input: Value): Work {
  return {
    module,
    input,
    ...(spec.runOn !== undefined && { runOn: spec.runOn }),
    ...(spec.timeoutMs !== undefined && { timeoutMs: spec.timeoutMs }),
  };
}

function pathOf(key: string): string {
  return key === 'outputs' ? key : `nodes.${key}`;
}

function asMembers(name: string, value: Value): { readonly [key: string]: Value } {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
  return isObject ? (value as { readonly [key: string]: Value }) : { [name]: value };
}
