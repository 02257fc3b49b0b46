import type { Plan } from '../plan/plan.ts';
import { failuresBorne } from '../policy/tolerance.ts';
import type { ValueRef } from '../program/value.ts';
import { ItemOutputs } from './item-outputs.ts';
import { newItemsIndex, type ReadyIndex, rankOf } from './ready-index.ts';
import type { FanOut } from './state.ts';
import { type Step, taskId } from './step.ts';
import { newTask, type Task } from './task.ts';
import { move } from './transitions.ts';

/** Turns a node into `count` tasks: its items, or batches of `itemCount` items. No items at all is a success with an empty list. */
export function fanOut(step: Step, task: Task, count: number, itemCount: number): void {
  if (count === 0) {
    move(step, task, 'succeeded', { output: { list: [] } });
    return;
  }
  const counts = { count, itemCount, next: 0, succeeded: 0, failed: 0, skipped: 0 };
  step.state.fanOuts.set(task.node, { ...counts, live: new Map(), outputs: new ItemOutputs(count) });
  move(step, task, 'fanned');
}

/** Whether an item could start now from that index: one that is ready again, or a new one while `maxParallel` allows. */
export function hasItemToStart(step: Step, node: number, index: ReadyIndex): boolean {
  if (index.firstItem(node) >= 0) return true;
  const open = step.state.fanOuts.get(node);
  if (open === undefined || index !== newItemsIndex(step.node(node), step.state)) return false;
  return open.next < open.count && open.live.size < liveMax(step, node);
}

/** Items that ask for permits come into being as they could be run, not all at once. */
function liveMax(step: Step, index: number): number {
  const { gated, forEach } = step.node(index);
  return forEach?.maxParallel ?? (gated ? Math.max(1, step.state.slots) : Number.POSITIVE_INFINITY);
}

/** The next item to start: ready again before new, lower index first. */
export function takeItem(step: Step, node: number, index: ReadyIndex): Task {
  const open = openOf(step, node);
  const again = index.firstItem(node);
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
    open.outputs.set(item.item, item.output);
  } else if (item.status === 'failed') open.failed++;
  else if (item.status === 'skipped') open.skipped++;
  if (node.status !== 'fanned') return;

  const tolerance = step.node(item.node).forEach?.tolerance ?? 'strict';
  if (open.failed > failuresBorne(tolerance)) {
    const error = item.error ?? { code: 'MODULE_FAILED', message: 'an item failed without an error' };
    move(step, node, 'failed', { error: { ...error, details: { ...error.details, taskId: taskId(step.plan, item) } } });
  } else if (open.succeeded + open.failed + open.skipped === open.count) {
    newItemsIndex(step.node(item.node), step.state).nodes.delete(rankOf(step.state, item.node));
    move(step, node, 'succeeded', { output: outputOf(step.plan, item.node, open) });
  } else {
    const index = newItemsIndex(step.node(item.node), step.state);
    if (hasItemToStart(step, item.node, index)) index.nodes.add(rankOf(step.state, item.node));
  }
}

/** What a forEach node gives: the outputs of its items. */
export function outputOf(plan: Plan, node: number, { outputs, itemCount }: FanOut): ValueRef {
  const batchSize = plan.nodes[node]?.forEach?.batchSize;
  return outputs.ref(batchSize === undefined ? {} : { batchSize, itemCount });
}

function openOf(step: Step, node: number): FanOut {
  const open = step.state.fanOuts.get(node);
  if (open === undefined) throw new RangeError(`node ${step.node(node).id} has no items`);
  return open;
}
