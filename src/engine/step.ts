import type { Plan } from '../plan/plan.ts';
import type { PlanNode } from '../plan/plan-node.ts';
import type { ValueRef } from '../program/value.ts';
import type { Command, PublishedFact, StartAttempt } from './command.ts';
import type { ExecutionState } from './state.ts';
import { compensationOfNode, nodeItself, type Task } from './task.ts';
import type { AttemptRef, TaskRef } from './task-ref.ts';

/** One application of one event: what the handlers read, change and order. */
export class Step {
  /** Tasks that settled in this step and whose consequences are still to be drawn (propagate.ts). */
  readonly settled: Task[] = [];

  constructor(
    readonly plan: Plan,
    readonly state: ExecutionState,
    readonly atMs: number,
    readonly commands: Command[],
  ) {}

  order(command: Command): void {
    this.commands.push(command);
  }

  publish(type: PublishedFact['type'], more: Omit<PublishedFact, 'id' | 'type' | 'atMs'> = {}): void {
    const { taskId, attempt, output, ...rare } = more;
    this.#tell(Object.assign(this.#fact(type, taskId, attempt, output), rare));
  }

  /** As {@link publish}, for the facts that every task gives: without an object in between. */
  publishTask(type: PublishedFact['type'], taskId: string, attempt?: number, output?: ValueRef): void {
    this.#tell(this.#fact(type, taskId, attempt, output));
  }

  /** The one place where facts are made: in one order of members, as they should look alike. */
  #fact(
    type: PublishedFact['type'],
    taskId: string | undefined,
    attempt: number | undefined,
    output: ValueRef | undefined,
  ): PublishedFact {
    return { id: ++this.state.published, type, atMs: this.atMs, taskId, attempt, output };
  }

  #tell(fact: PublishedFact): void {
    this.order({ type: 'Publish', fact });
  }

  node(index: number): PlanNode {
    const node = this.plan.nodes[index];
    if (node === undefined) throw new RangeError(`node index ${index} of ${this.plan.nodes.length}`);
    return node;
  }

  nodeTask(index: number): Task {
    return nodeTask(this.state, index);
  }
}

export function nodeTask(state: ExecutionState, index: number): Task {
  const task = state.tasks[index];
  if (task === undefined) throw new RangeError(`task index ${index} of ${state.tasks.length}`);
  return task;
}

/** How a task is named outside the machine: `retrieve`, `score[12]`, or `compensate(charge)`. */
export function taskId(plan: Plan, task: { readonly node: number; readonly item: number }): string {
  const id = plan.nodes[task.node]?.id ?? `#${task.node}`;
  if (task.item === compensationOfNode) return `compensate(${id})`;
  return task.item === nodeItself ? id : `${id}[${task.item}]`;
}

export function taskRef(plan: Plan, task: Task): TaskRef {
  const node = plan.nodes[task.node]?.id ?? '';
  if (task.item === compensationOfNode) return { node, undo: true };
  return task.item === nodeItself ? { node } : { node, item: task.item };
}

export function attemptRef(plan: Plan, task: Task): AttemptRef {
  const { attempt, epoch } = task;
  // Most tasks are whole nodes, and every attempt comes by here.
  if (task.item === nodeItself) return { node: plan.nodes[task.node]?.id ?? '', attempt, epoch };
  return { ...taskRef(plan, task), attempt, epoch };
}

/** The order to start the task's current attempt. */
export function startOrder(plan: Plan, task: Task): StartAttempt {
  const { fallback, tries, iteration } = task;
  const { attempt, epoch } = task;
  if (task.item === nodeItself) {
    const node = plan.nodes[task.node]?.id ?? '';
    return { type: 'StartAttempt', node, attempt, epoch, fallback, tries, iteration };
  }
  return { type: 'StartAttempt', ...attemptRef(plan, task), fallback, tries, iteration };
}

/** The task a reference names, if it is (still) there. */
export function findTask(plan: Plan, state: ExecutionState, ref: TaskRef): Task | undefined {
  const index = plan.indexOf.get(ref.node);
  if (index === undefined) return undefined;
  if (ref.undo) return state.compensations.get(index);
  return ref.item === undefined ? state.tasks[index] : state.fanOuts.get(index)?.live.get(ref.item);
}

/** By node, then item: the order of a set depends on its history, which a checkpoint does not keep. */
export function inOrder(tasks: Iterable<Task>): readonly Task[] {
  return [...tasks].sort((a, b) => a.node - b.node || a.item - b.item);
}
