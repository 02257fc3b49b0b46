import type { StartAttempt } from '../../engine/command.ts';
import type { ExecutionState } from '../../engine/state.ts';
import type { TaskRef } from '../../engine/task-ref.ts';
import { HeddleError } from '../../errors.ts';
import type { Plan } from '../../plan/plan.ts';
import type { PlanNode } from '../../plan/plan-node.ts';
import { after, isPromise, type MaybePromise } from '../../ports/maybe-promise.ts';
import { conditionSource } from '../../program/edges.ts';
import type { ProgramNode, Template } from '../../program/program.ts';
import type { Value } from '../../program/value.ts';
import { batchOf } from './batches.ts';
import { describeValue } from './describe-value.ts';
import { type CompiledTemplates, Evaluator, type Item } from './evaluator.ts';
import { ownJson } from './json-copy.ts';
import { all, type Values } from './values.ts';
import { readWait, type Wait } from './wait.ts';
import type { ModuleWork, Work } from './work.ts';

/**
 * Evaluates the expressions of a plan on the values of an execution: guards, item lists, inputs of attempts, outputs. Each
 * is compiled once, when first needed, and loads only the outputs it refers to.
 */
export class Bindings {
  readonly #plan: Plan;
  readonly #values: Values;
  readonly #evaluator: Evaluator;
  /** Item lists of the forEach nodes under way, so that a computed list is not computed again for each item. */
  readonly #itemLists = new Map<string, { readonly generation: number; readonly items: readonly Value[] }>();

  /** Of the node that was asked for last. */
  #lastIndex = -1;

  /** @param compiled templates of the plan so far, to which is added */
  constructor(plan: Plan, values: Values, compiled: CompiledTemplates = new Map()) {
    this.#plan = plan;
    this.#values = values;
    this.#evaluator = new Evaluator(plan, values, compiled);
  }

  /** @throws BAD_EXPRESSION when the guard fails or is not a boolean */
  guard(state: ExecutionState, ref: TaskRef): MaybePromise<boolean> {
    return this.#condition(state, ref, 'if', this.#spec(ref.node).if ?? 'true');
  }

  /** Whether a task that has succeeded is to run once more. @throws BAD_EXPRESSION */
  again(state: ExecutionState, ref: TaskRef): MaybePromise<boolean> {
    return this.#condition(state, ref, 'repeat.while', this.#spec(ref.node).repeat?.while ?? 'false');
  }

  #condition(state: ExecutionState, ref: TaskRef, key: string, text: string): MaybePromise<boolean> {
    const path = `nodes.${ref.node}.${key}`;
    const source = conditionSource(text, path);
    const value = after(this.#itemOf(state, ref), (of) =>
      this.#evaluator.evaluate(state, ref, `${ref.node}.${key}`, `\${${source}}`, of),
    );
    return after(value, (holds) => {
      if (typeof holds === 'boolean') return holds;
      throw new HeddleError({
        code: 'BAD_EXPRESSION',
        message: `the condition of ${ref.node} gave ${describeValue(holds)}, not a boolean`,
        path,
        hint: 'compare it with something',
      });
    });
  }

  /** What a waiting task waits for. @throws BAD_EXPRESSION, or BAD_INPUT when it is neither a duration nor a date */
  wait(state: ExecutionState, ref: TaskRef): MaybePromise<Wait> {
    const { waitFor, sleepMs, sleepUntil } = this.#spec(ref.node);
    const [key, template] =
      waitFor !== undefined
        ? ['waitFor.event', waitFor.event]
        : sleepMs !== undefined
          ? ['sleepMs', sleepMs]
          : ['sleepUntil', sleepUntil ?? ''];
    const value = after(this.#itemOf(state, ref), (of) =>
      this.#evaluator.evaluate(state, ref, `${ref.node}.${key}`, template, of),
    );
    return after(value, (given) => readWait(key, given, `nodes.${ref.node}.${key}`, waitFor?.timeoutMs));
  }

  /** How many tasks a forEach node has, and of how many items when they come in batches. @throws BAD_EXPRESSION */
  tasks(state: ExecutionState, node: string): MaybePromise<{ readonly count: number; readonly itemCount?: number }> {
    const batchSize = this.#spec(node).forEach?.batchSize;
    return after(this.items(state, node), ({ length }) =>
      batchSize === undefined ? { count: length } : { count: Math.ceil(length / batchSize), itemCount: length },
    );
  }

  #itemOf(state: ExecutionState, { node, item }: TaskRef): MaybePromise<Item | null> {
    if (item === undefined) return null;
    const batchSize = this.#spec(node).forEach?.batchSize;
    return after(this.items(state, node), (items) =>
      batchSize === undefined ? { item: items[item] ?? null, index: item } : batchOf(items, batchSize, item),
    );
  }

  /** The items of a forEach node. @throws BAD_EXPRESSION when it does not give a list */
  items(state: ExecutionState, node: string): MaybePromise<readonly Value[]> {
    const known = this.#itemLists.get(node);
    if (known?.generation === state.generation) return known.items;
    const template = this.#spec(node).forEach?.items ?? [];
    return after(this.#evaluator.evaluate(state, { node }, `${node}.forEach.items`, template), (value) => {
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
  work(state: ExecutionState, command: StartAttempt): MaybePromise<Work> {
    const { node, undo, fallback } = command;
    const { spec, hasLiteralInput } = this.#node(node);
    if (command.item === undefined && !undo && !fallback)
      return this.#moduleWork(state, command, spec, null, hasLiteralInput);
    return after(this.#itemOf(state, command), (of) => {
      if (undo) return this.#undoing(state, node, spec);
      if (!fallback) return this.#moduleWork(state, command, spec, of, hasLiteralInput);
      const substitute = spec.fallback ?? { value: null };
      if ('value' in substitute) {
        const value = this.#evaluator.evaluate(state, command, `${node}.fallback.value`, substitute.value, of);
        return after(value, (given) => ({ value: given }));
      }
      const input = this.#input(state, command, `${node}.fallback.with`, substitute.with ?? spec.with, of);
      return after(input, call(spec, substitute.module));
    });
  }

  #moduleWork(
    state: ExecutionState,
    command: StartAttempt,
    spec: ProgramNode,
    of: Item | null,
    isLiteral: boolean,
  ): MaybePromise<Work> {
    const { program, forEach, cache, module = '' } = spec;
    // Each attempt gets a copy of its own, as modules may change what they are given.
    const input = isLiteral
      ? ownJson(spec.with as Value)
      : this.#input(state, command, `${command.node}.with`, spec.with, of);
    if (program !== undefined) return after(input, (given) => ({ program, input: given }));
    if (forEach?.batchSize === undefined && cache === undefined)
      return isPromise(input) ? input.then(call(spec, module)) : callOn(spec, module, input);
    const batch = forEach?.batchSize === undefined || of === null ? undefined : (of.item as readonly Value[]).length;
    return after(input, (given) => ({
      ...call(spec, module)(given),
      ...(batch !== undefined && { batch }),
      ...(cache !== undefined && { cache }),
    }));
  }

  /** What undoes a node gets the node's own output unless its template says otherwise. */
  #undoing(state: ExecutionState, node: string, spec: ProgramNode): MaybePromise<Work> {
    const { module = '', with: template } = spec.compensate ?? {};
    const input =
      template === undefined
        ? this.#evaluator.output(state, this.#indexOf(node))
        : this.#evaluator.evaluate(state, { node }, `${node}.compensate.with`, template);
    return after(input, call(spec, module));
  }

  /** The result: the declared outputs, or the output of every sink by node id. */
  outputs(state: ExecutionState): MaybePromise<Value> {
    const { program, nodes, dependents } = this.#plan;
    if (program.outputs !== undefined) return this.#evaluator.evaluate(state, null, 'outputs', program.outputs);
    const sinks = nodes.filter((node) => dependents[node.index]?.length === 0);
    const loaded = all(sinks.map((node) => this.#evaluator.output(state, node.index)));
    return after(loaded, (outputs) =>
      Object.fromEntries(sinks.map((node, index) => [node.id, outputs[index] ?? null])),
    );
  }

  /** Without a template, a task gets the inputs merged with the outputs of the nodes it needs, in the order listed. */
  #input(
    state: ExecutionState,
    ref: TaskRef,
    key: string,
    template: Template | undefined,
    of: Item | null,
  ): MaybePromise<Value> {
    if (template !== undefined) return this.#evaluator.evaluate(state, ref, key, template, of);
    const needs = this.#spec(ref.node).needs ?? [];
    const parts = all([
      this.#values.get(state.inputs),
      ...needs.map((id) => this.#evaluator.output(state, this.#indexOf(id))),
    ]);
    return after(parts, ([inputs, ...outputs]) => {
      const merged = { ...asMembers('input', inputs ?? null) };
      outputs.forEach((output, index) => Object.assign(merged, asMembers(needs[index] ?? '', output)));
      return of === null ? merged : { ...merged, ...of };
    });
  }

  #spec(node: string): ProgramNode {
    return this.#node(node).spec;
  }

  #node(node: string): PlanNode {
    const found = this.#plan.nodes[this.#indexOf(node)];
    if (found === undefined) throw new HeddleError({ code: 'UNKNOWN_NODE', message: `no node ${node}` });
    return found;
  }

  /** Most are asked for in the order of the program, and in a large one the table of names lies far away. */
  #indexOf(node: string): number {
    const next = this.#lastIndex + 1;
    this.#lastIndex = this.#plan.nodes[next]?.id === node ? next : (this.#plan.indexOf.get(node) ?? -1);
    return this.#lastIndex;
  }
}

function call(spec: ProgramNode, module: string) {
  return (input: Value): ModuleWork => callOn(spec, module, input);
}

function callOn({ runOn, timeoutMs, idleTimeoutMs }: ProgramNode, module: string, input: Value): ModuleWork {
  // Most nodes are plain, and every attempt comes by here.
  if (runOn === undefined && timeoutMs === undefined && idleTimeoutMs === undefined) return { module, input };
  return {
    module,
    input,
    ...(runOn !== undefined && { runOn }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(idleTimeoutMs !== undefined && { idleTimeoutMs }),
  };
}

function asMembers(name: string, value: Value): { readonly [key: string]: Value } {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
  return isObject ? (value as { readonly [key: string]: Value }) : { [name]: value };
}
