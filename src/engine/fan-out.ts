import { failuresBorne } from '../policy/tolerance.ts';
import type { ValueRef } from '../program/value.ts';
import { type FanOut, newTask, type Task } from './state.ts';
import { type Step, taskId } from './step.ts';
import { move, rankOf } from './transitions.ts';

/** Turns a node into `count` items. No items at all is a success with an empty list. */
export function fanOut(step: Step, task: Task, count: number): void {
  if (count === 0) {
    move(step, task, 'succeeded', { output: { list: [] } });
    return;
  }
  const outputs = new Array<ValueRef | null>(count).fill(null);
  step.state.fanOuts.set(task.node, { count, next: 0, live: new Map(), outputs, succeeded: 0, failed: 0 });
  move(step, task, 'fanned');
}

/** Whether an item could start now: one that is ready again, or a new one while `maxParallel` allows. */
export function hasItemToStart(step: Step, node: number): boolean {
  if (firstReadyItem(step, node) >= 0) return true;
  const open = step.state.fanOuts.get(node);
  return open !== undefined && hasNewItem(open, step.node(node).forEach?.maxParallel);
}

function firstReadyItem(step: Step, node: number): number {
  return step.state.derived.readyItems.get(node)?.first() ?? -1;
}

function hasNewItem(open: FanOut, maxParallel = Number.POSITIVE_INFINITY): boolean {
  return open.next < open.count && open.live.size < maxParallel;
}

/** The next item to start: ready again before new, lower index first. */
export function takeItem(step: Step, node: number): Task {
  const open = openOf(step, node);
  const again = firstReadyItem(step, node);
  const item = again >= 0 ? again : open.next++;
  const known = open.live.get(item);
  if (known !== undefined) return known;
  const task = newTask(node, item, 'ready');
  open.live.set(item, task);
  return task;
}

/** Books the end of an item, and ends the node when all are done or too many failed. */
export function itemSettled(step: Step, item: Task): void {
  const node = step.nodeTask(item.node);
  const open = openOf(step, item.node);
  open.live.delete(item.item);
  if (item.status === 'succeeded') {
    open.succeeded++;
    open.outputs[item.item] = item.output;
  } else if (item.status === 'failed') open.failed++;
  if (node.status !== 'fanned') return;

  const tolerance = step.node(item.node).forEach?.tolerance ?? 'strict';
  if (open.failed > failuresBorne(tolerance)) {
    const error = item.error ?? { code: 'MODULE_FAILED', message: 'an item failed without an error' };
    move(step, node, 'failed', { error: { ...error, details: { ...error.details, taskId: taskId(step.plan, item) } } });
  } else if (open.succeeded + open.failed === open.count) {
    step.state.derived.ready.delete(rankOf(step.state, item.node));
    move(step, node, 'succeeded', { output: { list: open.outputs } });
  } else if (hasItemToStart(step, item.node)) step.state.derived.ready.add(rankOf(step.state, item.node));
}

function openOf(step: Step, node: number): FanOut {
  const open = step.state.fanOuts.get(node);
  if (open === undefined) throw new RangeError(`node ${step.node(node).id} has no items`);
  return open;
}
