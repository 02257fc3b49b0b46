import type { Plan } from '../plan/plan.ts';
import type { PlanNode } from '../plan/plan-node.ts';
import type { Command, PublishedFact } from './command.ts';
import type { AttemptRef, TaskRef } from './event.ts';
import type { ExecutionState, Task } from './state.ts';

/** One application of one event: what the handlers read, change and order. */
export class Step {
  readonly commands: Command[] = [];
  /** Tasks that settled in this step and whose consequences are still to be drawn (propagate.ts). */
  readonly settled: Task[] = [];

  constructor(
    readonly plan: Plan,
    readonly state: ExecutionState,
    readonly atMs: number,
  ) {}

  order(command: Command): void {
    this.commands.push(command);
  }

  publish(type: PublishedFact['type'], more: Omit<PublishedFact, 'id' | 'type' | 'atMs'> = {}): void {
    this.state.published++;
    this.order({ type: 'Publish', fact: { id: this.state.published, type, atMs: this.atMs, ...more } });
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

/** How a task is named outside the machine: `retrieve`, or `score[12]`. */
export function taskId(plan: Plan, task: { readonly node: number; readonly item: number }): string {
  const id = plan.nodes[task.node]?.id ?? `#${task.node}`;
  return task.item < 0 ? id : `${id}[${task.item}]`;
}

export function taskRef(plan: Plan, task: Task): TaskRef {
  const node = plan.nodes[task.node]?.id ?? '';
  return task.item < 0 ? { node } : { node, item: task.item };
}

export function attemptRef(plan: Plan, task: Task): AttemptRef {
  return { ...taskRef(plan, task), attempt: task.attempt, epoch: task.epoch };
}

/** The task a reference names, if it is (still) there. */
export function findTask(plan: Plan, state: ExecutionState, ref: TaskRef): Task | undefined {
  const index = plan.indexOf.get(ref.node);
  if (index === undefined) return undefined;
  return ref.item === undefined ? state.tasks[index] : state.fanOuts.get(index)?.live.get(ref.item);
}
